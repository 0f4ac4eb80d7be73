extension MLflowValidation {
    /// A rule about one field of an object, checked when all fields are good by themselves.
    enum Rule: Sendable {
        /// One of the three statuses of an item, if there is one.
        case itemStatus
        /// A role that a message of a request may have.
        case messageRole
        /// The role of the agent.
        case assistantRole
        /// Not an empty list.
        case notEmpty
        /// If it is a list, its objects are parts that a message may have.
        case contentParts
        /// Names a variant, by whose model the whole object must be good as well.
        case variant(Family)

        /// The families of objects whose `type` names a variant.
        enum Family: Sendable {
            case item, content, annotation, tool, event
        }
    }

    /// What a type makes of an object.
    enum Variant {
        /// The object must be good by a model.
        case model(Model)
        /// Nothing more is asked.
        case free
        /// There is no such type.
        case unknown
    }
}

extension MLflowValidation.Rule.Family {
    /// What the type `type` makes of an object of this family.
    func variant(named type: String) -> MLflowValidation.Variant {
        switch self {
        case .item:
            switch type {
            case "message": .model(.outputMessage)
            case "function_call": .model(.functionCall)
            case "function_call_output": .model(.functionCallOutput)
            case "reasoning": .model(.reasoningItem)
            case "mcp_approval_request": .model(.approvalRequest)
            case "mcp_approval_response": .model(.approvalResponse)
            case "file_search_call", "computer_call", "web_search_call": .free
            default: .unknown
            }
        case .content:
            switch type {
            case "output_text": .model(.outputText)
            case "refusal": .model(.refusal)
            default: .unknown
            }
        case .annotation:
            switch type {
            case "url_citation": .model(.urlCitation)
            case "file_citation": .model(.fileCitation)
            case "file_path": .model(.filePath)
            default: .unknown
            }
        case .tool:
            // The original only warns of a type that it doesn't know.
            switch type {
            case "function": .model(.functionTool)
            default: .free
            }
        case .event:
            switch type {
            case "response.output_text.delta": .model(.textDelta)
            case "response.output_item.done": .model(.itemDone)
            case "response.output_text.annotation.added": .model(.annotationAdded)
            case "response.completed": .model(.completed)
            case "error": .model(.errorEvent)
            default: .free
            }
        }
    }

    /// What the original says of a type that it doesn't know.
    func complaint(about type: String) -> String {
        let type = PythonText.shortened(type)
        return switch self {
        case .item: "Invalid type: \(type) for OutputItem"
        case .content: "Invalid content type: \(type) for Content"
        case .annotation: "Invalid annotation type: \(type)"
        case .tool, .event: "Invalid type: \(type)"
        }
    }
}
