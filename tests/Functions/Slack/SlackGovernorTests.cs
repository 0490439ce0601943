using Devflow.ChatOps.Functions.Adapters.Slack;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackGovernorTests
{
    private const string Post = "chat.postMessage";
    private const string Update = "chat.update";

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Start);
    private readonly SlackGovernor governor;

    public SlackGovernorTests() => governor = new SlackGovernor(time);

    [Fact]
    public void A_channel_takes_three_urgent_messages_at_once_and_then_one_a_second_on_average()
    {
        for (var i = 0; i < 3; i++)
        {
            governor.Take(Post, "C1", urgent: true).ShouldBeNull();
        }

        governor.Take(Post, "C1", urgent: true).ShouldBe(Start.AddSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));
        governor.Take(Post, "C1", urgent: true).ShouldBeNull();
    }

    [Fact]
    public void Another_channel_has_its_own_rate()
    {
        while (governor.Take(Post, "C1", urgent: true) is null) { }

        governor.Take(Post, "C2", urgent: false).ShouldBeNull();
    }

    [Fact]
    public void The_last_message_of_a_channel_is_kept_for_an_urgent_one()
    {
        governor.Take(Post, "C1", urgent: false).ShouldBeNull();
        governor.Take(Post, "C1", urgent: false).ShouldBeNull();
        governor.Take(Post, "C1", urgent: false).ShouldBe(Start.AddSeconds(3));

        governor.Take(Post, "C1", urgent: true).ShouldBeNull();
    }

    [Fact]
    public void Updates_of_the_workspace_keep_a_reserve_for_approvals_and_failures()
    {
        Count(urgent: false).ShouldBe(40);
        Count(urgent: true).ShouldBe(10);

        governor.Take(Update, "C3", urgent: true).ShouldBe(Start.AddMinutes(1));
        time.Advance(TimeSpan.FromMinutes(1));
        governor.Take(Update, "C3", urgent: false).ShouldBeNull();

        int Count(bool urgent)
        {
            var taken = 0;
            while (governor.Take(Update, $"C{taken % 3}", urgent) is null)
            {
                taken++;
            }

            return taken;
        }
    }

    [Fact]
    public void The_window_slides()
    {
        for (var i = 0; i < 50; i++)
        {
            governor.Take(Update, "C1", urgent: true).ShouldBeNull();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        governor.Take(Update, "C1", urgent: true).ShouldBe(Start.AddSeconds(60));
        governor.Take(Update, "C1", urgent: false).ShouldBe(Start.AddSeconds(70));
    }

    [Fact]
    public void Being_refused_uses_nothing_up()
    {
        while (governor.Take(Post, "C1", urgent: true) is null) { }

        for (var i = 0; i < 1000; i++)
        {
            governor.Take(Post, "C1", urgent: true).ShouldBe(Start.AddSeconds(3));
        }

        governor.Take(Post, "C2", urgent: true).ShouldBeNull();
    }

    [Fact]
    public void After_a_429_everything_of_that_method_waits_and_nothing_else()
    {
        governor.Hold(Update, TimeSpan.FromSeconds(20));
        governor.Hold(Update, TimeSpan.FromSeconds(5));

        governor.Take(Update, "C1", urgent: true).ShouldBe(Start.AddSeconds(20));
        governor.Take(Update, "C2", urgent: false).ShouldBe(Start.AddSeconds(20));
        governor.Take(Post, "C1", urgent: false).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(20));
        governor.Take(Update, "C1", urgent: false).ShouldBeNull();
    }

    [Fact]
    public void A_method_without_a_known_rate_is_held_by_429_only()
    {
        for (var i = 0; i < 500; i++)
        {
            governor.Take(SlackGovernor.ResponseUrl, null, urgent: true).ShouldBeNull();
        }

        governor.Hold(SlackGovernor.ResponseUrl, TimeSpan.FromSeconds(1));
        governor.Take(SlackGovernor.ResponseUrl, null, urgent: true).ShouldBe(Start.AddSeconds(1));
    }
}
