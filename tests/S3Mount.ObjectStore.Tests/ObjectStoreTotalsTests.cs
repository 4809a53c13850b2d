using System.Reflection;

namespace S3Mount.ObjectStore.Tests;

/// <summary>Figures of several stores together have all that those of one have: a property that is new must be added, too.</summary>
public sealed class ObjectStoreTotalsTests
{
    [Test]
    public void Every_count_of_health_is_added()
    {
        PropertyInfo[] counts = [.. typeof(ObjectStoreHealth).GetProperties().Where(property => property.PropertyType == typeof(long) || property.PropertyType == typeof(int))];
        ObjectStoreHealth one = new(), two = new();
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i].SetValue(one, Convert.ChangeType(i + 1, counts[i].PropertyType, null));
            counts[i].SetValue(two, Convert.ChangeType(100 * (i + 1), counts[i].PropertyType, null));
        }
        ObjectStoreHealth sum = one + two;
        Assert.That(counts.Select(property => Convert.ToInt64(property.GetValue(sum), null)), Is.EqualTo(Enumerable.Range(1, counts.Length).Select(i => 101L * i)));
        Assert.That(((one + two).IsProbed, (one + two with { IsProbed = true }).IsProbed, (one with { IsProbed = true } + two).IsProbed), Is.EqualTo((false, true, true)));
    }

    [Test]
    public void Every_count_of_requests_is_added() =>
        Assert.That(new ObjectStoreStatistics(1, 2, 3, 4, 5) + new ObjectStoreStatistics(10, 20, 30, 40, 50), Is.EqualTo(new ObjectStoreStatistics(11, 22, 33, 44, 55)));
}
