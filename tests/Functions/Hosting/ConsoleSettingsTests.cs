using System.Net;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

/// <summary>Settings of the sign-in that cannot be, or would let anybody in, stop the process at its start.</summary>
public sealed class ConsoleSettingsTests
{
    [Fact]
    public void Nothing_is_set_up_by_itself()
    {
        var settings = new ConsoleSettings();

        settings.Faults().ShouldBeEmpty();
        settings.IsSetUp.ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.4")]
    [InlineData("10.1.0.0/16", "10.1.200.1", "10.2.0.1")]
    [InlineData("fd00::/8", "fd12::1", "fe80::1")]
    [InlineData("::1", "::1", "::2")]
    public void An_address_or_a_network_is_a_proxy(string proxy, string inside, string outside)
    {
        var settings = new ConsoleSettings { IdentityHeader = "X-Auth-Request-User", Proxies = [proxy] };

        settings.Faults().ShouldBeEmpty();
        settings.IsSetUp.ShouldBeTrue();
        settings.Networks().ShouldHaveSingleItem().Contains(IPAddress.Parse(inside)).ShouldBeTrue();
        settings.Networks()[0].Contains(IPAddress.Parse(outside)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("X-User", "github", null, "belong together")]
    [InlineData("", "github", "10.1.2.3", "belong together")]
    [InlineData("X User", "github", "10.1.2.3", "IdentityHeader")]
    [InlineData("X-User", "email", "10.1.2.3", "Identity")]
    [InlineData("X-User", "github", "proxy.example.com", "Proxies:0")]
    [InlineData("X-User", "github", "10.1.2.3/16/8", "Proxies:0")]
    [InlineData("X-User", "github", "0.0.0.0/0", "every address")]
    [InlineData("X-User", "github", "::/0", "every address")]
    public void What_cannot_be_is_named(string header, string identity, string? proxy, string fault)
    {
        var settings = new ConsoleSettings
        {
            IdentityHeader = header,
            Identity = identity,
            Proxies = proxy is null ? [] : [proxy],
        };

        settings.Faults().ShouldHaveSingleItem().ShouldContain(fault);
    }
}
