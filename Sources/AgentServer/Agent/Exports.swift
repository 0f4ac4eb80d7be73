// An agent's author imports `AgentServer` and nothing else.
@_exported public import AgentJSON
@_exported public import MLflowTracing
@_exported public import OpenResponses
