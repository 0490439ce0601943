using System.Runtime.CompilerServices;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Tests.EndToEnd.Deploy;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>
/// Every reason for which the service refuses has a conversation in which it does: the table names it, and the test that
/// is named speaks of the code, or of the sentence where the refusal comes before there is a command to be audited.
/// </summary>
public sealed class RefusalCoverageTests
{
    private const string Folder = "tests/EndToEnd/Conversations/";

    private static readonly IReadOnlyDictionary<string, (string File, string Test, string Says)> covered =
        new Dictionary<string, (string, string, string)>
        {
            ["not_found"] = Sentence(
                nameof(RefusalConversationTests.An_app_that_nobody_knows_with_a_suggestion),
                "I know no"
            ),
            ["ambiguous"] = Sentence(nameof(RefusalConversationTests.Two_environments_that_fit), "More than one fits"),
            ["invalid"] = Sentence(
                nameof(RefusalConversationTests.A_command_that_cannot_be_understood),
                "ShouldStartWith(answer)"
            ),
            ["nothing_to_promote"] = Coded(nameof(RefusalConversationTests.Nothing_that_waits)),
            ["nothing_to_roll_back"] = Coded(nameof(RefusalConversationTests.Nothing_that_waits)),
            ["nothing_to_retry"] = Coded(nameof(RefusalConversationTests.Nothing_that_waits)),
            ["not_allowed"] = Coded(
                nameof(RefusalConversationTests.Somebody_who_may_not_be_they_in_the_catalog_or_not)
            ),
            ["self_approval"] = Coded(nameof(RefusalConversationTests.Ones_own_release)),
            ["author_unknown"] = Coded(nameof(RefusalConversationTests.A_release_of_which_nobody_knows_who_made_it)),
            ["locked"] = Coded(nameof(RefusalConversationTests.A_lock_until_it_is_released)),
            ["frozen_until"] = Coded(
                nameof(RefusalConversationTests.A_freeze_unless_somebody_overrides_it_with_a_reason)
            ),
            ["paused_by_hand"] = Coded(nameof(RefusalConversationTests.A_rollout_that_somebody_paused_by_hand)),
            ["preview_unhealthy"] = Coded(
                nameof(RefusalConversationTests.A_preview_that_crashes_while_it_waits_until_it_is_well_again)
            ),
            ["needs_votes"] = Of(
                nameof(VoteConversationTests),
                nameof(VoteConversationTests.Two_people_are_needed_and_the_same_one_twice_is_one)
            ),
            ["retry_too_soon"] = Of(
                nameof(VoteConversationTests),
                nameof(
                    VoteConversationTests.A_retry_that_would_go_live_at_once_is_too_soon_unless_it_passes_as_a_promote
                )
            ),
            ["stale"] = Of(
                nameof(StaleConversationTests),
                nameof(
                    StaleConversationTests.A_button_of_a_release_that_was_superseded_is_stale_and_its_card_points_to_the_newer_one
                )
            ),
            ["superseded"] = Of(
                nameof(StaleConversationTests),
                nameof(
                    StaleConversationTests.A_typed_promote_just_after_a_newer_release_took_the_place_is_refused_and_a_later_one_is_not
                )
            ),
            ["already_done"] = Of(
                nameof(RollbackConversationTests),
                nameof(RollbackConversationTests.Who_may_not_is_told_and_twice_in_a_hurry_is_once)
            ),
            ["auto_promotes_at"] = Of(
                nameof(OddReleaseTests),
                nameof(OddReleaseTests.One_that_promotes_itself_needs_nobody_and_the_card_says_so)
            ),
            ["analysis_running"] = Of(
                nameof(OddReleaseTests),
                nameof(OddReleaseTests.A_promote_during_the_analysis_before_it_would_do_nothing_and_is_refused)
            ),
            ["aborted"] = Of(nameof(OddReleaseTests), nameof(OddReleaseTests.An_aborted_release_cannot_be_promoted)),
            ["unsupported"] = Of(
                nameof(OddReleaseTests),
                nameof(OddReleaseTests.A_Rollout_with_a_workloadRef_is_not_acted_upon_yet)
            ),
            ["cluster_unreachable"] = Of(
                nameof(ClusterTroubleTests),
                nameof(ClusterTroubleTests.A_cluster_that_is_down_is_named_and_once_it_is_back_the_release_goes_on)
            ),
            ["conflict"] = Of(
                nameof(ClusterTroubleTests),
                nameof(ClusterTroubleTests.A_Rollout_that_changes_under_every_try_is_left_alone)
            ),
            ["forbidden_by_cluster"] = Of(
                nameof(ClusterTroubleTests),
                nameof(ClusterTroubleTests.What_the_cluster_forbids_is_said_with_the_right_that_is_missing)
            ),
            ["rollout_gone"] = Of(
                nameof(ClusterTroubleTests),
                nameof(ClusterTroubleTests.A_deleted_Rollout_is_said_to_be_gone_and_its_release_ends_after_two_minutes)
            ),
            // Nothing writes Git yet, so nothing can meet it: only its sentence is tested.
            ["git_unreachable"] = ("tests/Core/Policy/RefusalTextsTests.cs", "", "GitUnreachable"),
        };

    [Fact]
    public void Every_refusal_is_met_in_a_conversation()
    {
        var codes = typeof(Refusal)
            .GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(Refusal)))
            .Select(type => ((Refusal)RuntimeHelpers.GetUninitializedObject(type)).Code);

        covered.Keys.ShouldBe(codes, ignoreOrder: true);
        foreach (var (code, (file, test, says)) in covered)
        {
            BodyOf(RepositoryFiles.Read(file), test).ShouldContain(says.Length > 0 ? says : $"\"{code}\"");
        }
    }

    private static string BodyOf(string source, string test)
    {
        var start = test.Length == 0 ? 0 : source.IndexOf($" {test}(", StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, test);
        var end = test.Length == 0 ? -1 : source.IndexOf("\n    }", start, StringComparison.Ordinal);
        return end < 0 ? source[start..] : source[start..end];
    }

    private static (string, string, string) Of(string file, string test) => ($"{Folder}{file}.cs", test, "");

    private static (string, string, string) Coded(string test) => Of(nameof(RefusalConversationTests), test);

    private static (string, string, string) Sentence(string test, string says) =>
        ($"{Folder}{nameof(RefusalConversationTests)}.cs", test, says);
}
