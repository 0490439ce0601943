using System.Net;
using Devflow.ChatOps.Functions.Hosting;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.Functions.Hosting;

/// <summary>Where a request came from, under each host: nobody may choose their own address.</summary>
public sealed class CallerAddressTests
{
    private static readonly HostEnvironment alone = new(null, OnAzure: false);
    private static readonly HostEnvironment underFunctions = new(7071, OnAzure: true);

    [Theory]
    [InlineData("203.0.113.9", null, "203.0.113.9")]
    [InlineData("203.0.113.9", "10.0.0.1", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", null, "203.0.113.9")]
    [InlineData("2001:db8::1", "10.0.0.1", "2001:db8::1")]
    public void Alone_it_is_the_connection_whatever_the_request_says(
        string connection,
        string? forwarded,
        string address
    ) => Of(alone, connection, forwarded).ShouldBe(address);

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1, 203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1,203.0.113.9", "203.0.113.9")]
    [InlineData("[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1, nobody", "127.0.0.1")]
    public void Under_the_Functions_host_it_is_what_the_front_end_appended(string? forwarded, string address) =>
        Of(underFunctions, "127.0.0.1", forwarded).ShouldBe(address);

    private static string? Of(HostEnvironment host, string connection, string? forwarded)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (forwarded is not null)
        {
            http.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        return CallerAddress.Of(http, host)?.ToString();
    }
}
