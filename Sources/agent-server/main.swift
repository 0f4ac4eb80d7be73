import AgentServer
import DemoAgent

await DemoAgent.main()
