using System.Security.Cryptography;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>Encrypts what is stored for a short time and is a secret by itself, such as response_urls (AES-256-GCM).</summary>
public sealed class SecretBox(byte[] key)
{
    private const int Nonce = 12;
    private const int Tag = 16;

    /// <summary>A box whose key is derived from a secret of the configuration, so that a restart can still open it.</summary>
    public static SecretBox From(string secret, string purpose) =>
        new(
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                System.Text.Encoding.UTF8.GetBytes(secret),
                32,
                info: System.Text.Encoding.UTF8.GetBytes(purpose)
            )
        );

    /// <summary>A box that only this process can open.</summary>
    public static SecretBox Random() => new(RandomNumberGenerator.GetBytes(32));

    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var boxed = new byte[Nonce + plain.Length + Tag];
        RandomNumberGenerator.Fill(boxed.AsSpan(0, Nonce));
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(
            boxed.AsSpan(0, Nonce),
            plain,
            boxed.AsSpan(Nonce, plain.Length),
            boxed.AsSpan(Nonce + plain.Length)
        );
        return boxed;
    }

    /// <summary>What was sealed; <c>null</c> when it was sealed with another key or is damaged.</summary>
    public byte[]? Open(ReadOnlySpan<byte> boxed)
    {
        if (boxed.Length < Nonce + Tag)
        {
            return null;
        }

        var plain = new byte[boxed.Length - Nonce - Tag];
        using var aes = new AesGcm(key, Tag);
        try
        {
            aes.Decrypt(boxed[..Nonce], boxed[Nonce..^Tag], boxed[^Tag..], plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
