using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Reads the documents of a YAML text as nodes that know their place.</summary>
public static class YamlText
{
    /// <summary>The root of each document.</summary>
    /// <exception cref="YamlFaultException">It is not well-formed.</exception>
    public static IReadOnlyList<YamlNode> Read(string text)
    {
        var scanner = new Scanner(new StringReader(text));
        try
        {
            var parser = new Parser(scanner);
            var roots = new List<YamlNode>();
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                roots.Add(new YamlDocumentReader(text, parser).ReadNode(0));
                parser.Consume<DocumentEnd>();
            }

            return roots;
        }
        catch (YamlException fault)
        {
            var inner = fault.InnerException is null ? fault.Message : fault.InnerException.Message;
            throw new YamlFaultException((int)fault.Start.Line, (int)fault.Start.Column, inner);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or OverflowException)
        {
            // YamlDotNet fails in these ways too: its scanner on "a: [1" with "b: c:d" on the next line, its tags on "!st]".
            var at = scanner.CurrentPosition;
            throw new YamlFaultException((int)at.Line, (int)at.Column, "Not well-formed from here on.");
        }
    }
}
