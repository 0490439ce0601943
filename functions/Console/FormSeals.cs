using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Console;

/// <summary>
/// What a form of ours carries and a page of somebody else cannot make up: whom it was drawn for, when, and the key of
/// the command, so that a button that is pressed twice is one command. Nothing is stored.
/// </summary>
internal sealed class FormSeals(SecretBox box, TimeProvider clock)
{
    private const int LongestSeal = 1_000;

    /// <summary>A page that was open over night is looked at again before anything is pressed.</summary>
    private static readonly TimeSpan lasts = TimeSpan.FromHours(12);

    public string New(string who)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{clock.GetUtcNow().ToUnixTimeSeconds()}\n{key}\n{who}"
        );
        return Base64Url.EncodeToString(box.Seal(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The key of the command; <c>null</c> when the seal is none of ours, of somebody else, or too old.</summary>
    public string? KeyOf(string? seal, string who)
    {
        if (seal is not { Length: > 0 and <= LongestSeal } || !Base64Url.IsValid(seal))
        {
            return null;
        }

        var plain = box.Open(Base64Url.DecodeFromChars(seal));
        return
            plain is not null
            && Encoding.UTF8.GetString(plain).Split('\n', 3) is [var at, var key, var whose]
            && whose == who
            && clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, CultureInfo.InvariantCulture))
                < lasts
            ? key
            : null;
    }
}
