import AgentJSON

extension ServerDescription {
    /// One frame of a stream.
    ///
    /// OpenAPI 3.1 has no word for the events of a stream. The schema says nothing of a text, so it holds for the
    /// stream as a whole, and describes the fields of a frame to those who read it as a list of frames (as testers
    /// do, and as OpenAPI 3.2 means it).
    ///
    /// - Parameter payload: The JSON values that a frame may carry.
    static func frame(of payload: Schema) -> Schema {
        frame("Each holds one line `data:` with a JSON document", ["data": data(payload)])
    }

    /// One frame of a stream whose frames are named for their events.
    static func frame(named payload: Schema) -> Schema {
        frame(
            "Each holds a line `event:` with the event's type and a line `data:` with the event",
            [
                "event": ["type": "string", "description": "The event's `type`; `[DONE]` has none."],
                "data": data(payload),
            ]
        )
    }

    private static func frame(_ form: String, _ fields: JSONObject) -> Schema {
        Schema([
            "description": .string(
                """
                Frames of server-sent events. \(form); the last one is `[DONE]`. Lines that begin with a colon keep the \
                connection alive.
                """
            ),
            "required": ["data"],
            "properties": .object(fields),
        ])
    }

    private static func data(_ payload: Schema) -> JSON {
        [
            "anyOf": [
                ["const": "[DONE]", "description": "The end of the stream."],
                [
                    "type": "string",
                    "description": "An event, as a JSON document.",
                    "contentMediaType": "application/json",
                    "contentSchema": payload.json,
                ],
            ]
        ]
    }
}
