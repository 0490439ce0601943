using System.Reflection;
using System.Runtime.ExceptionServices;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>
/// A store with a row whose cluster is not that of its key, as a foreign hand leaves it: it is due whichever clusters are
/// left out.
/// </summary>
public class StubbornStore : DispatchProxy
{
    private IStore inner = null!;

    public static IStore Around(IStore inner)
    {
        var proxy = Create<IClosableStore, StubbornStore>();
        ((StubbornStore)(object)proxy).inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IAsyncDisposable.DisposeAsync))
        {
            return new ValueTask(((IAsyncDisposable)inner).DisposeAsync().AsTask());
        }

        if (targetMethod.Name == nameof(IWork.DueAsync))
        {
            return Task.FromResult<IReadOnlyList<RolloutRef>>([ReleaseWorld.RefOf(new WorldApp())]);
        }

        try
        {
            return targetMethod.Invoke(inner, args);
        }
        catch (TargetInvocationException thrown)
        {
            ExceptionDispatchInfo.Throw(thrown.InnerException!);
            throw;
        }
    }
}
