import AgentJSON
import MLflowTracing

extension FinishedTrace {
    /// A trace of one span.
    static func sample(
        inputs: JSON = ["input": [["role": "user", "content": "hi"]]], outputs: JSON? = ["output": []],
        failure: String? = nil
    ) -> FinishedTrace {
        var attributes: JSONObject = ["mlflow.spanInputs": inputs]
        if let outputs { attributes["mlflow.spanOutputs"] = outputs }
        let root = FinishedSpan(
            id: .random(), parent: nil, name: "invoke", type: .unknown, start: 1_795_377_309_291_945_601,
            end: 1_795_377_309_620_833_128, failure: failure, attributes: attributes
        )
        return FinishedTrace(id: .random(), spans: [root])
    }
}
