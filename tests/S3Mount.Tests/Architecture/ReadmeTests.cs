using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace S3Mount.Tests.Architecture;

/// <summary>What README promises of trouble is tested: each row of "What happens when" names its tests here, and they are there.</summary>
[TestFixture]
public sealed class ReadmeTests
{
    private static readonly Dictionary<string, string[]> _tests = new()
    {
        ["the store throttles (503 SlowDown, 429)"] = ["ThrottleTests.A_store_with_a_capacity_is_used_to_it_and_not_hammered", "FaultTests.Faults_that_pass_reach_no_reader"],
        ["the store, or the way to it, is gone"] =
            ["OutageTests.A_store_that_is_gone_is_not_hammered_and_all_go_on_when_it_is_back", "LifeTests.A_read_fails_at_its_deadline_and_the_mount_goes_on"],
        ["a connection is reset, cut short or refused"] = ["RangedReadTests.A_broken_body_is_resumed_at_the_byte_where_it_stopped", "FaultTests.Faults_before_radosgw_that_pass_reach_no_reader"],
        ["an answer does not begin"] = ["StallTests.The_first_head_wins_and_the_others_are_ended", "StallTests.Hedges_are_a_twentieth_of_the_requests_and_few_at_once"],
        ["a body stands still or drips"] = ["RetryTests.A_body_that_stands_still_is_replaced_from_the_byte_where_it_stopped", "StallTests.A_body_that_comes_a_byte_at_a_time_is_replaced", "StallTests.A_slow_store_is_left_its_time"],
        ["an answer is not what was asked for (wrong range, length, page of a proxy)"] = ["ChecksumTests.An_answer_that_cannot_be_used_is_asked_for_anew", "FaultTests.Answers_that_lie_give_errors_and_no_wrong_byte"],
        ["a byte was changed on the way"] = ["ChecksumTests.A_damaged_object_is_fetched_anew_and_nobody_sees_the_damage", "StoreTroubleTests.Changed_bytes_reach_neither_readers_nor_the_disk_cache"],
        ["an object is overwritten or deleted while it is read"] =
        [
            "ChangedObjectTests.Readers_of_an_object_that_changes_all_the_time_never_see_two_versions_at_once",
            "ChangedObjectTests.An_open_reader_of_a_deleted_object_gets_old_bytes_or_an_error_and_the_next_open_finds_nothing",
        ],
        ["a listing is damaged, cut, or goes round in circles"] = ["ListPageParserTests.A_page_with_one_changed_byte_is_refused_or_whole", "StoreTroubleTests.A_listing_that_goes_round_is_an_error_and_never_a_shorter_one"],
        ["credentials expire or are rotated"] =
        [
            "RecoveryTests.Credentials_about_to_expire_are_asked_for_behind_and_expired_ones_before_the_request",
            "RecoveryTests.Expired_credentials_are_waited_for_until_there_are_newer_ones",
            "CredentialCacheTests.Keys_without_an_end_are_looked_for_again_when_their_file_has_changed",
            "CredentialTests.Readers_wait_for_new_credentials_when_the_old_ones_have_expired",
            "CredentialTests.Credentials_that_never_come_are_an_error_at_the_deadline_that_says_why",
        ],
        ["access is denied"] = ["RecoveryTests.Denied_keys_ask_for_new_credentials_once_a_minute_at_most"],
        ["the store's certificate does not fit"] = ["TlsTests.A_certificate_that_does_not_fit_is_refused", "TlsTests.A_store_that_turns_into_another_is_not_read"],
        ["a bucket moves to another region, the machine's clock is wrong"] =
        [
            "StoreTroubleTests.A_bucket_that_moves_to_another_region_is_followed",
            "StoreTroubleTests.A_clock_that_is_an_hour_off_is_set_right_by_the_store",
            "RecoveryTests.A_redirect_out_of_the_domain_is_refused",
        ],
        ["the disk of `--cache` is full, damaged, gone or hangs"] =
        [
            "DiskTroubleTests.A_full_disk_is_said_once_and_written_again_when_there_is_room",
            "DiskHangTests.When_several_are_stuck_the_disk_is_left_alone_until_one_returns",
            "DiskCacheTests.A_cache_that_is_damaged_deleted_or_full_of_other_files_while_it_is_mounted_gives_no_wrong_byte",
        ],
        ["the directory of `--cache` can be written by others"] = ["DiskTroubleTests.Directories_that_others_may_write_are_not_used", "PrivateDirectoryTests.Owners_and_modes_are_looked_at_and_left"],
        ["memory is short"] = ["PressureTests.A_read_that_gets_no_memory_fails_at_the_deadline", "CgroupTests.In_a_cgroup_memory_is_cut_nothing_is_killed_and_every_byte_is_right"],
        ["the kernel has a request timeout (`fs.fuse.max_request_timeout`)"] = ["LifeTests.The_kernel_never_has_to_abort_a_mount_for_its_patience"],
        ["the daemon is killed (`kill -9`, out of memory)"] =
        [
            "LifeTests.A_dead_mount_stays_until_there_is_something_to_put_in_its_place",
            "KillTests.After_each_kill_the_next_mount_works_and_no_byte_is_wrong",
            "RestartTests.A_trainer_that_opens_its_files_again_goes_on_after_each_restart",
            "HandoverTests.After_a_crash_the_mount_is_the_same_and_files_can_be_opened",
        ],
        ["the service is restarted or upgraded (`systemctl restart`)"] = ["HandoverTests.A_restart_reaches_no_reader", "HandoverTests.A_read_that_waits_for_the_store_goes_on_in_the_next_process"],
        ["a program that waits for the store gets a signal (`kill`, Ctrl-C)"] = ["LifeTests.A_reader_that_waits_for_the_store_can_be_ended_at_once", "LifeTests.A_listing_that_waits_for_the_store_can_be_interrupted"],
        ["SIGTERM, `s3mount umount` with the store gone"] = ["LifeTests.A_daemon_whose_store_is_silent_ends_within_its_deadline", "LifeTests.A_signal_while_files_are_open_ends_the_daemon_within_its_deadline"],
        ["another user looks in"] = ["PermissionTests.Nobody_else_gets_in_not_even_to_what_the_page_cache_holds", "PermissionTests.Owner_group_and_modes_decide_who_reads"],
        ["a key is no path (`..`, `//`, NUL, over 255 bytes a name)"] = ["KeyTests.Keys_that_no_path_can_name_are_not_shown_and_named_once_in_the_log", "KeyTests.A_name_over_255_bytes_is_ENAMETOOLONG"],
    };

    [Test]
    public void Each_row_has_its_tests_and_no_other_row_is_meant() => Assert.That(Rows(), Is.EquivalentTo(_tests.Keys));

    [Test]
    public void The_tests_are_there()
    {
        Dictionary<string, string> sources = Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(Path.GetFileNameWithoutExtension)
            .ToDictionary(group => group.Key!, group => string.Join('\n', group.Select(File.ReadAllText)));
        foreach (string[] name in _tests.Values.SelectMany(tests => tests).Select(test => test.Split('.')))
        {
            // An attribute that makes it a test, maybe others, then the method.
            Assert.That(sources, Does.ContainKey(name[0]));
            Assert.That(sources[name[0]], Does.Match($@"\[Test[^\n]*\]\s+(\[[^\n]*\]\s+)*public [^\n(]* {name[1]}\("), string.Join('.', name));
        }
    }

    private static string[] Rows()
    {
        string readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        string section = Regex.Match(readme, "^## What happens when\n(.*?)^## ", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        string[] rows = [.. section.Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
        Assert.That(rows, Is.Not.Empty);
        Assert.That(rows.Where(row => row.Count(letter => letter == '|') != 4), Is.Empty, "three cells each");
        return [.. rows.Select(row => row.Split('|')[1].Trim())];
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
