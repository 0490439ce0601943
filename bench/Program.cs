using Devflow.ChatOps.Bench;

Func<Options, Task>? measure = args.FirstOrDefault() switch
{
    "cold" => ColdStart.RunAsync,
    "warm" => WarmCommands.RunAsync,
    "promote" => PromoteToPatch.RunAsync,
    "hints" => Hints.RunAsync,
    "sweep" => QuietSweep.RunAsync,
    "explain" => ExplainThroughput.RunAsync,
    "action" => ActionRuns.RunAsync,
    _ => null,
};
if (measure is null)
{
    Console.Error.WriteLine(
        """
        dotnet run -c Release --project bench -- COMMAND [--count N] [--store KIND] [--service PATH] [--action PATH] [--peer COMMAND]

          cold      from the start of a process to its first answer to a slash command
          warm      slash commands one after the other: until written down, until answered; resident memory
          promote   /promote typed -> the patch is at the API server
          hints     notifications accepted durably per second, counted again in the store
          sweep     thousands of Rollouts that wait: their first sight, and what it costs to verify them
          explain   watch events through `explain --json` per second
          action    the Action's whole run from a cold process: requests and time, by GraphQL and by REST

        --count    how many times
        --store    hints, promote, sweep, warm: sqlite (if nothing is said) or mongodb; for that, the server of
                   DEVFLOW_TEST_MONGODB, or the tests' engine: tests/DocumentDb/with-engine.sh COMMAND
        --service  the service's executable; the one built beside this program unless given
        --action   action: its executable; the one built beside this program unless given
        --peer     action: another one that changes the same file
                   cold and warm: another program that answers /devflow at $PORT with $SLACK_SIGNING_SECRET
        """
    );
    return 2;
}

await measure(Options.Parse(args[1..]));
return 0;
