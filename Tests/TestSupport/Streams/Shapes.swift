import AgentJSON

/// What a value has to be.
indirect enum Kind: Sendable {
    case string, integer, number, bool, null, object
    /// One of these texts.
    case word([String])
    case list(Kind)
    case either(Kind, Kind)
    /// An object of ``shapes`` by its name.
    case shape(String)
    /// An object of ``shapes`` by its `type`: that after a prefix.
    case typed(String)

    static func orNull(_ kind: Kind) -> Kind { .either(kind, .null) }
}

/// The members that an object must have, and those that it may have and then must be of a kind.
struct Shape: Sendable {
    var required: [String: Kind]
    var optional: [String: Kind] = [:]
}

/// The objects of the standard, version 2026-04-24, by what they must hold.
let shapes: [String: Shape] = [
    "response": Shape(
        required: [
            "id": .string, "object": .word(["response"]), "created_at": .integer, "completed_at": .orNull(.integer),
            "status": .word(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
            "incomplete_details": .orNull(.shape("details")), "model": .string,
            "previous_response_id": .orNull(.string), "instructions": .orNull(.string),
            "output": .list(.typed("item ")), "error": .orNull(.shape("response error")), "tools": .list(.object),
            "tool_choice": .either(.word(["none", "auto", "required"]), .object),
            "truncation": .word(["auto", "disabled"]), "parallel_tool_calls": .bool, "text": .object,
            "top_p": .number, "presence_penalty": .number, "frequency_penalty": .number, "top_logprobs": .integer,
            "temperature": .number, "reasoning": .orNull(.object), "usage": .orNull(.shape("usage")),
            "max_output_tokens": .orNull(.integer), "max_tool_calls": .orNull(.integer), "store": .bool,
            "background": .bool, "service_tier": .string, "metadata": .object,
            "safety_identifier": .orNull(.string), "prompt_cache_key": .orNull(.string),
        ], optional: ["custom_outputs": .object]
    ),
    "details": Shape(required: ["reason": .string]),
    "response error": Shape(required: ["code": .string, "message": .string]),
    "usage": Shape(required: [
        "input_tokens": .integer, "output_tokens": .integer, "total_tokens": .integer,
        "input_tokens_details": .shape("input details"), "output_tokens_details": .shape("output details"),
    ]),
    // The second is what the openai client wants besides.
    "input details": Shape(required: ["cached_tokens": .integer, "cache_write_tokens": .integer]),
    "output details": Shape(required: ["reasoning_tokens": .integer]),

    "item message": Shape(
        required: [
            "id": .string, "status": .word(statuses), "role": .word(["user", "assistant", "system", "developer"]),
            "content": .list(.typed("part ")),
        ], optional: ["phase": .word(["commentary", "final_answer"])]
    ),
    "item function_call": Shape(required: [
        "id": .string, "status": .word(statuses), "call_id": .string, "name": .string, "arguments": .string,
    ]),
    "item function_call_output": Shape(required: [
        "id": .string, "status": .word(statuses), "call_id": .string,
        "output": .either(.string, .list(.typed("part "))),
    ]),
    "item reasoning": Shape(
        required: ["id": .string, "summary": .list(.typed("part "))],
        optional: [
            "content": .list(.typed("part ")), "encrypted_content": .string, "status": .word(["incomplete"]),
        ]
    ),
    "item compaction": Shape(required: ["id": .string, "encrypted_content": .string]),

    "part output_text": Shape(required: [
        "text": .string, "annotations": .list(.typed("annotation ")), "logprobs": .list(.shape("logprob")),
    ]),
    "part refusal": Shape(required: ["refusal": .string]),
    "part reasoning_text": Shape(required: ["text": .string]),
    "part summary_text": Shape(required: ["text": .string]),
    "part text": Shape(required: ["text": .string]),
    "part input_text": Shape(required: ["text": .string]),
    "part input_image": Shape(required: [
        "image_url": .orNull(.string), "detail": .word(["low", "high", "auto"]),
    ]),
    "part input_file": Shape(required: [:]),
    "part input_video": Shape(required: ["video_url": .string]),
    "annotation url_citation": Shape(required: [
        "url": .string, "title": .string, "start_index": .integer, "end_index": .integer,
    ]),
    "logprob": Shape(required: [
        "token": .string, "logprob": .number, "bytes": .list(.integer), "top_logprobs": .list(.shape("top logprob")),
    ]),
    "top logprob": Shape(required: ["token": .string, "logprob": .number, "bytes": .list(.integer)]),
]

private let statuses = ["in_progress", "completed", "incomplete"]

/// The members of the standard's events beside `type` and `sequence_number`.
let eventShapes: [String: [String: Kind]] = {
    let item: [String: Kind] = ["item_id": .string, "output_index": .integer]
    func plus(_ base: [String: Kind], _ more: [String: Kind]) -> [String: Kind] { base.merging(more) { $1 } }
    let content = plus(item, ["content_index": .integer])
    let summary = plus(item, ["summary_index": .integer])
    let logprobs: [String: Kind] = ["logprobs": .list(.shape("logprob"))]
    var shapes: [String: [String: Kind]] = [
        "output_item.added": ["output_index": .integer, "item": .typed("item ")],
        "output_item.done": ["output_index": .integer, "item": .typed("item ")],
        "content_part.added": plus(content, ["part": .typed("part ")]),
        "content_part.done": plus(content, ["part": .typed("part ")]),
        "output_text.delta": plus(plus(content, ["delta": .string]), logprobs),
        "output_text.done": plus(plus(content, ["text": .string]), logprobs),
        "output_text.annotation.added": plus(
            content, ["annotation_index": .integer, "annotation": .typed("annotation ")]
        ),
        "refusal.delta": plus(content, ["delta": .string]),
        "refusal.done": plus(content, ["refusal": .string]),
        "reasoning.delta": plus(content, ["delta": .string]),
        "reasoning.done": plus(content, ["text": .string]),
        "reasoning_summary_part.added": plus(summary, ["part": .typed("part ")]),
        "reasoning_summary_part.done": plus(summary, ["part": .typed("part ")]),
        "reasoning_summary_text.delta": plus(summary, ["delta": .string]),
        "reasoning_summary_text.done": plus(summary, ["text": .string]),
        "function_call_arguments.delta": plus(item, ["delta": .string]),
        "function_call_arguments.done": plus(item, ["arguments": .string]),
    ]
    for name in ["created", "queued", "in_progress", "completed", "failed", "incomplete"] {
        shapes[name] = ["response": .shape("response")]
    }
    return Dictionary(uniqueKeysWithValues: shapes.map { ("response.\($0.key)", $0.value) })
}()

extension Kind {
    /// What is wrong with a value; `nil` where nothing is.
    func fault(_ value: JSON?, _ place: @autoclosure () -> String) -> String? {
        let isRight =
            switch self {
            case .string: value?.stringValue != nil
            case .integer: value?.intValue != nil
            case .number: value?.numberValue != nil
            case .bool: value?.boolValue != nil
            case .null: value?.isNull == true
            case .object: value?.objectValue != nil
            case .word(let words): words.contains { value?.stringValue == $0 }
            case .list, .either, .shape, .typed: true
            }
        guard isRight else { return "\(place()) is \(value.map(\.description) ?? "missing")" }
        switch self {
        case .list(let kind):
            guard let list = value?.arrayValue else { return "\(place()) is no list" }
            for (index, element) in list.enumerated() {
                if let fault = kind.fault(element, "\(place())[\(index)]") { return fault }
            }
        case .either(let first, let second):
            guard let fault = first.fault(value, place()) else { return nil }
            return second.fault(value, place()) == nil ? nil : fault
        case .shape(let name):
            guard let object = value?.objectValue else { return "\(place()) is no object" }
            return shapes[name]?.fault(object, place())
        case .typed(let prefix):
            guard let object = value?.objectValue else { return "\(place()) is no object" }
            guard let type = object["type"]?.stringValue else { return "\(place()) has no type" }
            if let shape = shapes[prefix + type] { return shape.fault(object, place()) }
            if prefix == "part ", !type.contains(":") { return "\(place()) is of the type \(type)" }
            guard prefix == "item " else { return nil }
            let others = Shape(required: type.contains(":") ? ["id": .string, "status": .string] : ["id": .string])
            return others.fault(object, place())
        default: break
        }
        return nil
    }
}

extension Shape {
    func fault(_ object: JSONObject, _ place: @autoclosure () -> String) -> String? {
        // A response has so many members that looking for each of them would take most of the time.
        let members = object.count > 12 ? Dictionary(object.map { ($0.key, $0.value) }) { $1 } : [:]
        for (key, kind) in required {
            if let fault = kind.fault(members[key] ?? object[key], "\(place()).\(key)") { return fault }
        }
        for (key, kind) in optional {
            if let value = object[key], let fault = kind.fault(value, "\(place()).\(key)") { return fault }
        }
        return nil
    }
}
