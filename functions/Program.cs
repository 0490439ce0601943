using Devflow.ChatOps.Functions.Explain;
using Devflow.ChatOps.Functions.Hosting;

return args switch
{
    ["explain", .. var rest] => await ExplainCommand.RunAsync(rest),
    _ => await ServiceHost.RunAsync(args),
};
