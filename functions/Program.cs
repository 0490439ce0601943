using Devflow.ChatOps.Functions.Explain;

if (args is ["explain", .. var rest])
{
    return await ExplainCommand.RunAsync(rest);
}

return 0;
