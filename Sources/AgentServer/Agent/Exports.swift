// An agent's author imports `AgentServer` and nothing else.
@_exported public import AgentJSON
@_exported public import OpenResponses
