using Microsoft.AspNetCore.Components;

namespace Devflow.ChatOps.Functions.Console.Views;

/// <summary>What all pages have in common.</summary>
public abstract class ConsolePage : ComponentBase
{
    /// <summary>Who is signed in; <c>null</c>: nobody.</summary>
    [Parameter]
    public string? Person { get; set; }

    /// <summary>When the page was drawn.</summary>
    [Parameter]
    public DateTimeOffset Now { get; set; }
}
