import DemoAgent

await DemoAgent.main()
