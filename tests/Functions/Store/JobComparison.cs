using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>
/// Equality by content. Records compare lists by reference, and Shouldly's equivalence compares the runtime types of
/// lists behind an interface: those are compared here by their elements.
/// </summary>
internal static class JobComparison
{
    public static void ShouldBeTheSameAs(this Job? actual, Job expected)
    {
        actual.ShouldNotBeNull();
        actual.Authors.Identities.ShouldBe(expected.Authors.Identities);
        // By the elements' own equality: equivalence does not look at the runtime type of a closed hierarchy's case.
        actual.Outbox.ShouldBe(expected.Outbox);
        (actual with { Authors = Authors.Unknown }).ShouldBeEquivalentTo(expected with { Authors = Authors.Unknown });
    }

    public static void ShouldBeTheSameAs(this Command actual, Command expected)
    {
        if (expected.Wish is Wish.Create create)
        {
            var written = actual.Wish.ShouldBeOfType<Wish.Create>();
            written.Authors.Identities.ShouldBe(create.Authors.Identities);
            actual = actual with { Wish = written with { Authors = create.Authors } };
        }

        actual.ShouldBe(expected);
    }
}
