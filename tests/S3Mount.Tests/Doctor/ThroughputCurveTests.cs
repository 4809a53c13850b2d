using S3Mount.Doctor.Speed;

namespace S3Mount.Tests.Doctor;

[TestFixture]
public sealed class ThroughputCurveTests
{
    [TestCase("1:80 2:160 4:320 8:640 16:645 32:650", ExpectedResult = 8, TestName = "It_is_where_growth_ends")]
    [TestCase("1:80 2:160 4:320 8:640", ExpectedResult = 8, TestName = "It_is_the_last_where_it_still_grows")]
    [TestCase("1:80 2:160 4:90 8:640 16:600", ExpectedResult = 8, TestName = "A_dip_before_more_does_not_end_it")]
    [TestCase("1:2400 2:1900 4:2500", ExpectedResult = 1, TestName = "One_may_be_enough")]
    [TestCase("1:80 2:84 4:87 8:91", ExpectedResult = 2, TestName = "Small_growths_add_up")]
    [TestCase("8:10", ExpectedResult = 8, TestName = "A_single_number_is_it")]
    public int Knee(string curve) => Of(curve).Knee.Connections;

    [TestCase("1:80 2:160 4:320", ExpectedResult = false)]
    [TestCase("1:80 2:160 4:165", ExpectedResult = false)]
    [TestCase("1:80 2:160 4:165 8:150", ExpectedResult = true)]
    [TestCase("1:80 2:160 4:165 8:300", ExpectedResult = false)]
    [TestCase("1:80 2:80", ExpectedResult = false)]
    public bool Two_steps_without_growth_end_the_measurement(string curve) => ThroughputCurve.IsLevel(Of(curve).Steps);

    [TestCase(1, ExpectedResult = "1")]
    [TestCase(8, ExpectedResult = "1 2 4 8")]
    [TestCase(12, ExpectedResult = "1 2 4 8 12")]
    [TestCase(128, ExpectedResult = "1 2 4 8 16 32 64 128")]
    public string Numbers_double_up_to_the_most(int most) => string.Join(' ', ThroughputOptions.ConnectionsUpTo(most));

    internal static ThroughputCurve Of(string curve, long throttled = 0) => new(
        [.. curve.Split(' ').Select(step => step.Split(':')).Select(step => new ConnectionStep(int.Parse(step[0]), int.Parse(step[1]) * 1e6))], 1 << 30, 500, throttled);
}
