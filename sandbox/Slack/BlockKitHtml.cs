using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Renders messages as HTML for the sandbox page. Every text goes through HTML encoding, every link is http(s) or mailto, and
/// no attribute is built from text without encoding, so that hostile text stays text.
/// </summary>
/// <remarks>
/// Classes: <c>slack-header</c>, <c>slack-section</c>, <c>slack-fields</c>, <c>slack-context</c>, <c>slack-actions</c>,
/// <c>slack-button</c> (with <c>primary</c> or <c>danger</c>), <c>slack-mention</c>, <c>slack-table</c>. A button carries
/// <c>data-block-id</c> and <c>data-action-id</c>, and <c>data-confirm-title</c>, <c>-text</c>, <c>-ok</c>, <c>-deny</c> when
/// it asks first.
/// </remarks>
/// <param name="names">Names of people, groups and channels.</param>
/// <param name="now">The moment that "today" and "ago" are relative to.</param>
public sealed class BlockKitHtml(ISlackNames names, DateTimeOffset now)
{
    /// <summary>Blocks when there are any, else the text.</summary>
    public string Render(SlackContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Blocks is { } blocks
            ? string.Concat(blocks.EnumerateArray().Select(Block))
            : $"""<div class="slack-section">{Inline(Mrkdwn.Parse(content.Text))}</div>""";
    }

    private string Block(JsonElement block) =>
        block.GetProperty("type").GetString() switch
        {
            "header" => $"""<h3 class="slack-header">{TextOf(block.GetProperty("text"))}</h3>""",
            "section" => Section(block),
            "context" => Wrap("slack-context", Elements(block)),
            "actions" => Wrap("slack-actions", Elements(block)),
            "divider" => "<hr>",
            "image" => Image(block),
            // Standard Markdown is shown as written: the page has no use for a second markup language.
            "markdown" => Wrap("slack-markdown", $"<pre>{Encode(block.GetProperty("text").GetString()!)}</pre>"),
            "table" => $"""<table class="slack-table">{Rows(block)}</table>""",
            "input" => Wrap("slack-input", TextOf(block.GetProperty("label"))),
            var other => Wrap("slack-unknown", Encode(other ?? "")),
        };

    private string Section(JsonElement block)
    {
        var html = new StringBuilder();
        if (block.TryGetProperty("text", out var text))
        {
            html.Append(CultureInfo.InvariantCulture, $"<div>{TextOf(text)}</div>");
        }

        if (block.TryGetProperty("fields", out var fields))
        {
            var cells = fields.EnumerateArray().Select(f => $"<div>{TextOf(f)}</div>");
            html.Append(Wrap("slack-fields", string.Concat(cells)));
        }

        if (block.TryGetProperty("accessory", out var accessory))
        {
            html.Append(Wrap("slack-accessory", Element(block, accessory)));
        }

        return Wrap("slack-section", html.ToString());
    }

    private string Elements(JsonElement block) =>
        string.Concat(block.GetProperty("elements").EnumerateArray().Select(e => Element(block, e)));

    private string Element(JsonElement block, JsonElement element) =>
        element.GetProperty("type").GetString() switch
        {
            "mrkdwn" or "plain_text" => $"<span>{TextOf(element)}</span>",
            "image" => Image(element),
            "button" => Button(block, element),
            var other => $"""<span class="slack-unknown">{Encode(other ?? "")}</span>""",
        };

    private static string Button(JsonElement block, JsonElement button)
    {
        var attributes = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null)
            {
                attributes.Append(CultureInfo.InvariantCulture, $" {name}=\"{Encode(value)}\"");
            }
        }

        var style = button.TryGetProperty("style", out var named) ? " " + named.GetString() : "";
        Add("class", "slack-button" + style);
        Add("data-block-id", block.GetProperty("block_id").GetString());
        Add("data-action-id", button.GetProperty("action_id").GetString());
        if (button.TryGetProperty("url", out var url))
        {
            Add("data-url", url.GetString());
        }

        if (button.TryGetProperty("accessibility_label", out var label))
        {
            Add("aria-label", label.GetString());
        }

        if (button.TryGetProperty("confirm", out var confirm))
        {
            Add("data-confirm-title", confirm.GetProperty("title").GetProperty("text").GetString());
            Add("data-confirm-text", confirm.GetProperty("text").GetProperty("text").GetString());
            Add("data-confirm-ok", confirm.GetProperty("confirm").GetProperty("text").GetString());
            Add("data-confirm-deny", confirm.GetProperty("deny").GetProperty("text").GetString());
        }

        var caption = SlackEmoji.Show(button.GetProperty("text").GetProperty("text").GetString()!);
        return $"""<button type="button"{attributes}>{Encode(caption)}</button>""";
    }

    private static string Image(JsonElement image) =>
        $"""<img class="slack-image" src="{Encode(image.GetProperty("image_url").GetString()!)}" """
        + $"""alt="{Encode(image.GetProperty("alt_text").GetString()!)}">""";

    private static string Rows(JsonElement table) =>
        string.Concat(
            table
                .GetProperty("rows")
                .EnumerateArray()
                .Select(row =>
                {
                    var cells = row.EnumerateArray()
                        .Select(c => $"<td>{Encode(c.GetProperty("text").GetString()!)}</td>");
                    return $"<tr>{string.Concat(cells)}</tr>";
                })
        );

    private string TextOf(JsonElement text)
    {
        var value = text.GetProperty("text").GetString()!;
        return Inline(text.GetProperty("type").ValueEquals("mrkdwn") ? Mrkdwn.Parse(value) : Mrkdwn.Plain(value));
    }

    private string Inline(IReadOnlyList<MrkdwnNode> nodes) => string.Concat(nodes.Select(Inline));

    private string Inline(MrkdwnNode node) =>
        node switch
        {
            MrkdwnNode.Text t => Encode(SlackEmoji.Show(t.Value)),
            MrkdwnNode.LineBreak => "<br>",
            MrkdwnNode.Styled { Mark: '*' } s => $"<strong>{Inline(s.Children)}</strong>",
            MrkdwnNode.Styled { Mark: '_' } s => $"<em>{Inline(s.Children)}</em>",
            MrkdwnNode.Styled s => $"<s>{Inline(s.Children)}</s>",
            MrkdwnNode.Code { IsBlock: true } c => $"<pre>{Encode(c.Value)}</pre>",
            MrkdwnNode.Code c => $"<code>{Encode(c.Value)}</code>",
            MrkdwnNode.User u => Mention("@" + (names.UserName(u.Id) ?? u.Label ?? u.Id)),
            MrkdwnNode.Group g => Mention("@" + (names.GroupHandle(g.Id) ?? g.Label ?? g.Id)),
            MrkdwnNode.Channel c => Mention("#" + (names.ChannelName(c.Id) ?? c.Label ?? c.Id)),
            MrkdwnNode.Broadcast b => Mention("@" + b.Name),
            MrkdwnNode.Date d => Date(d),
            MrkdwnNode.Link l => Link(l.Url, Encode(SlackEmoji.Show(l.Label))),
            _ => throw new InvalidOperationException($"no HTML for {node.GetType().Name}"),
        };

    private string Date(MrkdwnNode.Date date)
    {
        var moment = date.At.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var html = $"""<time datetime="{moment}">{Encode(SlackDates.Show(date, now))}</time>""";
        return date.Url is null ? html : Link(date.Url, html);
    }

    private static string Mention(string name) => $"""<span class="slack-mention">{Encode(name)}</span>""";

    private static string Link(string url, string html) =>
        $"""<a href="{Encode(url)}" target="_blank" rel="noopener noreferrer">{html}</a>""";

    private static string Wrap(string cssClass, string html) => $"""<div class="{cssClass}">{html}</div>""";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
