using Devflow.ChatOps.Functions.Console;
using Devflow.ChatOps.Functions.Processing;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.ConsolePages;

/// <summary>A seal opens for whom it was made, for a while, and at every instance that has the same secret.</summary>
public sealed class FormSealTests
{
    private const string Secret = "a secret of this test, which is long enough";
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Each_seal_has_a_key_of_its_own_which_another_instance_reads_too()
    {
        var (one, other) = (Seals(Secret), Seals(Secret));
        var (first, second) = (one.New("person-alice"), one.New("person-alice"));

        var key = one.KeyOf(first, "person-alice").ShouldNotBeNull();

        key.ShouldMatch("^[0-9a-f]{24}$");
        other.KeyOf(first, "person-alice").ShouldBe(key);
        one.KeyOf(second, "person-alice").ShouldNotBe(key);
    }

    [Fact]
    public void It_says_nothing_to_anybody_else() =>
        Seals(Secret).KeyOf(Seals(Secret).New("person-alice"), "person-bob").ShouldBeNull();

    [Fact]
    public void It_says_nothing_under_another_secret() =>
        Seals(Secret + "!").KeyOf(Seals(Secret).New("person-alice"), "person-alice").ShouldBeNull();

    [Fact]
    public void It_ends_after_twelve_hours()
    {
        var seals = Seals(Secret);
        var seal = seals.New("person-alice");

        time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        seals.KeyOf(seal, "person-alice").ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(2));
        seals.KeyOf(seal, "person-alice").ShouldBeNull();
    }

    [Fact]
    public void A_changed_one_is_none()
    {
        var seals = Seals(Secret);
        var seal = seals.New("person-alice");
        for (var at = 0; at < seal.Length; at++)
        {
            var changed = seal.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            // The last character may carry bits that stand for nothing.
            if (at < seal.Length - 1)
            {
                seals.KeyOf(new string(changed), "person-alice").ShouldBeNull();
            }

            seals.KeyOf(seal[..at], "person-alice").ShouldBeNull();
        }
    }

    private FormSeals Seals(string secret) => new(SecretBox.From(secret, "test"), time);
}
