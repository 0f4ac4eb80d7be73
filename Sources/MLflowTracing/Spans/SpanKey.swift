/// The attributes of spans that MLflow gives a meaning.
package enum SpanKey {
    package static let requestID = "mlflow.traceRequestId"
    package static let type = "mlflow.spanType"
    package static let inputs = "mlflow.spanInputs"
    package static let outputs = "mlflow.spanOutputs"
    package static let messageFormat = "mlflow.message.format"
    package static let logLevel = "mlflow.spanLogLevel"
    package static let tokenUsage = "mlflow.chat.tokenUsage"
    package static let model = "mlflow.llm.model"
    package static let provider = "mlflow.llm.provider"
}
