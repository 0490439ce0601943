using System.Reflection;
using System.Runtime.ExceptionServices;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>A store that can be closed; what <see cref="OddStore"/> looks like.</summary>
public interface IClosableStore : IStore, IAsyncDisposable;

/// <summary>When a call of the store fails.</summary>
public enum Failing
{
    Not,

    /// <summary>Nothing was done.</summary>
    Before,

    /// <summary>It was done, and the answer was lost.</summary>
    After,
}

/// <summary>
/// A store in front of the real one, each of whose calls a test may fail. A proxy of the whole port, so that no verb is
/// forgotten.
/// </summary>
public class OddStore : DispatchProxy
{
    private static readonly MethodInfo withResult = typeof(OddStore).GetMethod(
        nameof(ResultAsync),
        BindingFlags.Static | BindingFlags.NonPublic
    )!;

    private IStore inner = null!;
    private Func<string, string?, Failing> decide = null!;
    private Func<string, Exception> fault = null!;

    /// <param name="inner">The real one.</param>
    /// <param name="decide">Asked at each call with its verb and the Rollout that it is about, if any.</param>
    /// <param name="fault">What is thrown; unless given, that the store is away.</param>
    public static IStore Around(
        IStore inner,
        Func<string, string?, Failing> decide,
        Func<string, Exception>? fault = null
    )
    {
        var proxy = Create<IClosableStore, OddStore>();
        var odd = (OddStore)(object)proxy;
        odd.inner = inner;
        odd.decide = decide;
        odd.fault = fault ?? (verb => new StoreUnavailableException($"The store was told to fail at {verb}."));
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var verb = targetMethod!.Name;
        if (verb == nameof(IAsyncDisposable.DisposeAsync))
        {
            return new ValueTask(((IAsyncDisposable)inner).DisposeAsync().AsTask());
        }

        var failing = decide(verb, RolloutOf(args!));
        Task Call()
        {
            try
            {
                return (Task)targetMethod.Invoke(inner, args)!;
            }
            catch (TargetInvocationException thrown)
            {
                ExceptionDispatchInfo.Throw(thrown.InnerException!);
                throw;
            }
        }

        var result = targetMethod.ReturnType;
        return result.IsGenericType
            ? withResult
                .MakeGenericMethod(result.GenericTypeArguments)
                .Invoke(null, [(Func<Task>)Call, failing, fault, verb])
            : DoneAsync(Call, failing, fault, verb);
    }

    private static string? RolloutOf(object?[] args) =>
        args.Select(arg =>
                arg switch
                {
                    RolloutRef rollout => rollout.ToString(),
                    RolloutLease held => held.Rollout.ToString(),
                    Job job => job.Rollout.ToString(),
                    Command command => command.Rollout.ToString(),
                    AuditEntry { Rollout.Length: > 0 } entry => entry.Rollout,
                    _ => null,
                }
            )
            .FirstOrDefault(rollout => rollout is not null);

    private static async Task DoneAsync(Func<Task> call, Failing failing, Func<string, Exception> fault, string verb)
    {
        if (failing != Failing.Before)
        {
            await call();
        }

        if (failing != Failing.Not)
        {
            throw fault(verb);
        }
    }

    private static async Task<T> ResultAsync<T>(
        Func<Task> call,
        Failing failing,
        Func<string, Exception> fault,
        string verb
    )
    {
        var result = failing == Failing.Before ? default! : await (Task<T>)call();
        return failing == Failing.Not ? result : throw fault(verb);
    }
}
