using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Writes the file through which clients find the stand-in.</summary>
internal static class Kubeconfig
{
    public static void Write(string path, Uri server, X509Certificate2? certificate, string? token, string ns)
    {
        var authority = certificate is null
            ? ""
            : $"\n    certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()))}";
        var user = token is null ? "{}" : $"{{ token: {JsonSerializer.Serialize(token)} }}";
        var text = $"""
            apiVersion: v1
            kind: Config
            current-context: sandbox
            clusters:
            - name: sandbox
              cluster:
                server: {server.ToString().TrimEnd('/')}{authority}
            users:
            - name: sandbox
              user: {user}
            contexts:
            - name: sandbox
              context: {"{"} cluster: sandbox, user: sandbox, namespace: {JsonSerializer.Serialize(ns)} {"}"}

            """;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // It may hold a token.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.Write(text);
    }
}
