import AgentRuns
import GRDB
