using S3Mount.Top;
using S3Mount.Top.Terminals;

namespace S3Mount.Tests.Top.Terminals;

/// <summary>What a terminal is taken for, and what is sent to it.</summary>
[TestFixture]
public sealed class TerminalTests
{
    [TestCase("TERM=xterm LANG=en_US.UTF-8", true, true, true)]
    [TestCase("TERM=xterm LANG=C.utf8", true, true, true)]
    [TestCase("TERM=xterm LANG=ca_ES.UTF-8@valencia", true, true, true)]
    [TestCase("TERM=xterm", false, true, true)]
    [TestCase("TERM=xterm LC_ALL=C LANG=C.UTF-8", false, true, true)]
    [TestCase("TERM=xterm LC_CTYPE=C.UTF-8 LANG=C", true, true, true)]
    [TestCase("TERM=xterm LANG=C.UTF-8 NO_COLOR=1", true, false, true)]
    [TestCase("TERM=dumb LANG=C.UTF-8", false, false, false)]
    [TestCase("LANG=C.UTF-8", false, false, false)]
    public void The_environment_says_what_it_can(string variables, bool isUnicode, bool hasColor, bool hasScreen)
    {
        Dictionary<string, string> all = variables.Split(' ').Select(text => text.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.That(TerminalTraits.Of(name => all.GetValueOrDefault(name)), Is.EqualTo(new TerminalTraits(isUnicode, hasColor, hasScreen)));
    }

    [Test]
    public void Lines_go_to_their_places_and_the_rest_of_the_screen_is_emptied()
    {
        ScreenLine[] lines = [new("title", ScreenStyle.Title), new("waiting for nothing", ScreenStyle.Named), new("plain")];
        Assert.That(ScreenText.Write(lines, 4, hasColor: false), Is.EqualTo("\e[1;1H\e[Ktitle\e[2;1H\e[Kwaiting for nothing\e[3;1H\e[Kplain\e[4;1H\e[K"));
        Assert.That(ScreenText.Write(lines, 2, hasColor: true), Is.EqualTo("\e[1;1H\e[K\e[1mtitle\e[0m\e[2;1H\e[K\e[36mwaiting for \e[0mnothing"));
        Assert.That(ScreenText.Write([new("short", ScreenStyle.Named)], 1, hasColor: true), Is.EqualTo("\e[1;1H\e[K\e[36mshort\e[0m"));
    }

    [Test]
    public void What_is_entered_is_left()
    {
        foreach (string mode in (string[])["?1049", "?25", "?7"])
            Assert.That(ScreenText.Enter.Contains($"\e[{mode}h") != ScreenText.Enter.Contains($"\e[{mode}l") && ScreenText.Leave.Contains($"\e[{mode}") && ScreenText.Enter.Contains($"\e[{mode}h") == ScreenText.Leave.Contains($"\e[{mode}l"), mode);
    }
}
