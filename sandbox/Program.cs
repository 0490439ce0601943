using Devflow.ChatOps.Sandbox.Demo;
using Devflow.ChatOps.Sandbox.World;

switch (SandboxArguments.Parse(args))
{
    case SandboxArguments.Run run:
        return await SandboxRun.RunAsync(run);
    case SandboxArguments.Demo demo:
        return await DemoRun.RunAsync(demo);
    case SandboxArguments.Wrong wrong:
        await Console.Error.WriteLineAsync($"{wrong.Problem}\n\n{SandboxArguments.Usage}");
        return 1;
    default:
        Console.WriteLine(SandboxArguments.Usage);
        return 0;
}
