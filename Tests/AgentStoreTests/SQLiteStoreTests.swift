import AgentRuns
import AgentStore
import Testing
