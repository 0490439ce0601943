using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>
/// When a freeze is on. Clock changes in 2026: Berlin skips 02:00–03:00 on 29 March (at 01:00 UTC) and repeats it on
/// 25 October (at 01:00 UTC); New York skips it on 8 March (at 07:00 UTC) and repeats 01:00–02:00 on 1 November (at 06:00 UTC).
/// </summary>
public sealed class FreezeClockTests
{
    private const string Berlin = "Europe/Berlin";
    private const string NewYork = "America/New_York";

    [Theory]
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-11-27T14:59:59Z", null)]
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-11-27T15:00:00Z", "2026-11-30T07:00:00Z")]
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-11-30T06:59:59Z", "2026-11-30T07:00:00Z")]
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-11-30T07:00:00Z", null)]
    [InlineData("Tue 09:00", "Tue 10:00", "UTC", "2026-11-24T09:30:00Z", "2026-11-24T10:00:00Z")]
    [InlineData("Tue 10:00", "Tue 09:00", "UTC", "2026-11-24T09:30:00Z", null)]
    [InlineData("Tue 10:00", "Tue 09:00", "UTC", "2026-11-24T08:30:00Z", "2026-11-24T09:00:00Z")]
    [InlineData("Tue 10:00", "Tue 09:00", "UTC", "2026-11-24T10:00:00Z", "2026-12-01T09:00:00Z")]
    public void Weekly_windows_are_half_open_and_wrap_around(
        string from,
        string to,
        string zone,
        string now,
        string? until
    ) => Until([Weekly(from, to, zone)], now).ShouldBe(until);

    [Theory]
    // A weekend that is an hour shorter or longer keeps its hours on the wall clock.
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z")]
    [InlineData("Fri 16:00", "Mon 08:00", Berlin, "2026-10-24T12:00:00Z", "2026-10-26T07:00:00Z")]
    [InlineData("Fri 16:00", "Mon 08:00", NewYork, "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z")]
    [InlineData("Fri 16:00", "Mon 08:00", NewYork, "2026-10-31T12:00:00Z", "2026-11-02T13:00:00Z")]
    // Berlin, 02:30 exists twice: the whole repeated hour is frozen, at the end …
    [InlineData("Sun 01:00", "Sun 02:30", Berlin, "2026-10-25T01:59:59Z", "2026-10-25T02:00:00Z")]
    [InlineData("Sun 01:00", "Sun 02:30", Berlin, "2026-10-25T02:00:00Z", null)]
    // … and at the start.
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-10-24T23:59:59Z", null)]
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-10-25T00:00:00Z", "2026-10-25T04:00:00Z")]
    [InlineData("Sun 02:10", "Sun 02:20", Berlin, "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    // Berlin, 02:30 does not exist: it may mean an hour before or after the change.
    [InlineData("Sun 00:00", "Sun 02:30", Berlin, "2026-03-29T01:59:59Z", "2026-03-29T02:00:00Z")]
    [InlineData("Sun 00:00", "Sun 02:30", Berlin, "2026-03-29T02:00:00Z", null)]
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-03-28T23:59:59Z", null)]
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z")]
    // The times on either side of a change are not doubtful: 01:59 and 03:00 exist once.
    [InlineData("Sun 03:00", "Sun 05:00", Berlin, "2026-10-25T01:59:59Z", null)]
    [InlineData("Sun 03:00", "Sun 05:00", Berlin, "2026-10-25T02:00:00Z", "2026-10-25T04:00:00Z")]
    [InlineData("Sun 00:00", "Sun 01:59", Berlin, "2026-10-24T23:59:00Z", null)]
    [InlineData("Sun 03:00", "Sun 05:00", Berlin, "2026-03-29T00:59:59Z", null)]
    [InlineData("Sun 03:00", "Sun 05:00", Berlin, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z")]
    // New York repeats 01:00 to 02:00 and skips 02:00 to 03:00.
    [InlineData("Sun 00:30", "Sun 01:30", NewYork, "2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z")]
    [InlineData("Sun 00:30", "Sun 01:30", NewYork, "2026-11-01T07:00:00Z", null)]
    [InlineData("Sun 01:30", "Sun 04:00", NewYork, "2026-11-01T04:59:59Z", null)]
    [InlineData("Sun 01:30", "Sun 04:00", NewYork, "2026-11-01T05:00:00Z", "2026-11-01T09:00:00Z")]
    [InlineData("Sun 00:00", "Sun 02:30", NewYork, "2026-03-08T07:59:59Z", "2026-03-08T08:00:00Z")]
    [InlineData("Sun 02:30", "Sun 04:00", NewYork, "2026-03-08T06:00:00Z", "2026-03-08T08:00:00Z")]
    // A week later nothing is doubtful.
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-11-01T01:29:59Z", null)]
    [InlineData("Sun 02:30", "Sun 05:00", Berlin, "2026-11-01T01:30:00Z", "2026-11-01T04:00:00Z")]
    public void Hours_that_a_clock_change_makes_doubtful_are_frozen(
        string from,
        string to,
        string zone,
        string now,
        string? until
    ) => Until([Weekly(from, to, zone)], now).ShouldBe(until);

    [Theory]
    [InlineData("2026-12-23T22:59:59Z", null)]
    [InlineData("2026-12-23T23:00:00Z", "2026-12-26T23:00:00Z")]
    [InlineData("2026-12-26T22:59:59Z", "2026-12-26T23:00:00Z")]
    [InlineData("2026-12-26T23:00:00Z", null)]
    public void A_date_is_the_start_of_its_day(string now, string? until) =>
        Until([Once("2026-12-24", "2026-12-27", Berlin)], now).ShouldBe(until);

    [Fact]
    public void A_single_window_may_begin_in_a_repeated_hour() =>
        Until([Once("2026-10-25T02:30", "2026-10-25T04:00", Berlin)], "2026-10-25T00:00:00Z")
            .ShouldBe("2026-10-25T03:00:00Z");

    [Fact]
    public void Windows_that_follow_without_a_gap_are_one_freeze_with_the_first_ones_reason()
    {
        FreezeWindow[] windows =
        [
            Weekly("Fri 16:00", "Mon 08:00", Berlin) with
            {
                Reason = "weekend",
            },
            Once("2026-11-30T08:00", "2026-12-01", Berlin) with
            {
                Reason = "audit",
            },
            Once("2026-11-30T20:00", "2026-12-02", Berlin),
        ];

        var frozen = FreezeClock.FrozenUntil(windows, Utc("2026-11-28T12:00:00Z")).ShouldNotBeNull();

        frozen.Until.ShouldBe(Utc("2026-12-01T23:00:00Z"));
        frozen.Until.Offset.ShouldBe(TimeSpan.FromHours(1));
        frozen.Reason.ShouldBe("weekend");
        frozen.TimeZone.ShouldBe(Berlin);
    }

    [Fact]
    public void A_freeze_without_an_end_is_told_for_a_year()
    {
        FreezeWindow[] always = [Weekly("Mon 00:00", "Thu 00:00", "UTC"), Weekly("Thu 00:00", "Mon 00:00", "UTC")];
        var now = Utc("2026-11-25T12:00:00Z");

        var until = FreezeClock.FrozenUntil(always, now).ShouldNotBeNull().Until;

        until.ShouldBeInRange(now.AddDays(366), now.AddDays(375));
    }

    [Fact]
    public void No_window_is_no_freeze() => FreezeClock.FrozenUntil([], Utc("2026-11-25T12:00:00Z")).ShouldBeNull();

    [Theory]
    [InlineData(Berlin)]
    [InlineData(NewYork)]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Australia/Lord_Howe")]
    public void A_frozen_moment_stays_frozen_until_the_end_that_was_told(string zone)
    {
        FreezeWindow[] windows = [Weekly("Sat 22:10", "Sun 02:40", zone)];
        for (var now = Utc("2026-01-01T00:00:00Z"); now.Year == 2026; now += TimeSpan.FromMinutes(217))
        {
            if (FreezeClock.FrozenUntil(windows, now) is { } frozen)
            {
                frozen.Until.ShouldBeGreaterThan(now);
                (frozen.Until - now).ShouldBeLessThan(TimeSpan.FromHours(7));
                FreezeClock.FrozenUntil(windows, frozen.Until.AddTicks(-1))!.Until.ShouldBe(frozen.Until);
                FreezeClock.FrozenUntil(windows, frozen.Until).ShouldBeNull();
            }
        }
    }

    [Theory]
    [InlineData("2026-11-26T15:00:00Z", "2026-11-27T15:00:00Z")]
    [InlineData("2026-11-27T14:59:59Z", "2026-11-27T15:00:00Z")]
    [InlineData("2026-11-27T15:00:00Z", "2026-11-30T07:00:00Z")]
    [InlineData("2026-11-30T06:59:59Z", "2026-11-30T07:00:00Z")]
    [InlineData("2026-11-30T07:00:00Z", "2026-12-23T23:00:00Z")]
    [InlineData("2026-12-23T07:00:00Z", "2026-12-23T23:00:00Z")]
    public void The_next_change_is_the_end_of_this_freeze_or_the_begin_of_the_next(string now, string change)
    {
        FreezeWindow[] windows = [Weekly("Fri 16:00", "Mon 08:00", Berlin), Once("2026-12-24", "2026-12-27", Berlin)];

        FreezeClock.NextChange(windows, Utc(now)).ShouldBe(Utc(change));
        FreezeClock.NextChange([], Utc(now)).ShouldBeNull();
    }

    private static string? Until(IReadOnlyList<FreezeWindow> windows, string now) =>
        FreezeClock
            .FrozenUntil(windows, Utc(now))
            ?.Until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static FreezeWindow Weekly(string from, string to, string zone) =>
        new(new FreezeSpan.Weekly(Week(from), Week(to)), zone, "reason");

    private static FreezeWindow Once(string from, string to, string zone) =>
        new(
            new FreezeSpan.Once(
                DateTime.Parse(from, CultureInfo.InvariantCulture),
                DateTime.Parse(to, CultureInfo.InvariantCulture)
            ),
            zone,
            "reason"
        );

    private static WeekTime Week(string text) =>
        new(
            Enum.GetValues<DayOfWeek>().Single(day => day.ToString().StartsWith(text[..3], StringComparison.Ordinal)),
            TimeOnly.ParseExact(text[4..], "HH:mm", CultureInfo.InvariantCulture)
        );
}
