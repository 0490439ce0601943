using static Devflow.ChatOps.Tests.GitOps.Editing.Generated.Yaml;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>Documents of every kind that the editor knows, with our image and others in them.</summary>
internal sealed class FileGenerator(Choices choices)
{
    public const string Ours = "registry.example.com:5000/shop/web";
    public const string OldDigest = "sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

    /// <summary>A key with a mapping that is there to be merged into others.</summary>
    public const string Defaults = "x-defaults";

    private static readonly string[] others =
    [
        "redis",
        "registry.example.com/other",
        "quay.io/prometheus/node-exporter",
    ];
    private readonly Dictionary<string, List<string>> anchors = [];
    private int anchorCount;

    /// <summary>Whether an anchor of a version is used, so that an edit may have to be refused.</summary>
    public bool HasAliases { get; private set; }

    /// <summary>Whether a mapping brings its version in from elsewhere.</summary>
    public bool HasMergeKeys { get; private set; }

    public Yaml Document(FileKind kind)
    {
        anchors.Clear();
        return kind switch
        {
            FileKind.Kustomization => Kustomization(),
            FileKind.Values => Of([.. Fillers("a"), .. ValuesWithDefaults(2), .. Fillers("z")]),
            FileKind.Manifest => Manifest(),
            _ => Of(
                ("apiVersion", new Text("helm.toolkit.fluxcd.io/v2")),
                ("kind", new Text("HelmRelease")),
                ("spec", Of(("interval", new Text("5m")), ("values", Of(ValuesWithDefaults(1)))))
            ),
        };
    }

    private Map Kustomization()
    {
        var header = choices.Below(3) switch
        {
            0 => [("apiVersion", new Text("kustomize.config.k8s.io/v1beta1")), ("kind", new Text("Kustomization"))],
            1 => new List<(string, Yaml)> { ("kind", new Text("Component")) },
            _ => [("resources", new List([new Text("../base")]))],
        };
        return Of([.. header, .. Fillers("a"), ("images", new List(Many(1, 4, Entry))), .. Fillers("z")]);
    }

    private Map Entry()
    {
        var isRenamed = choices.OneIn(2);
        var name = Name();
        var keys = new List<(string Key, Func<Yaml> Value)>
        {
            ("name", () => new Text(isRenamed ? choices.Of("web", Ours) : name)),
        };
        if (isRenamed)
        {
            keys.Add(("newName", () => new Text(name)));
        }

        AddOrNot(keys, "newTag", Tag);
        AddOrNot(keys, "digest", Digest);
        return Built(keys);
    }

    private List<(string, Yaml)> ValuesWithDefaults(int depth)
    {
        if (!choices.OneIn(5))
        {
            return Values(depth, mayMerge: false);
        }

        HasMergeKeys = true;
        var defaults = Of(("pullPolicy", new Text("Always")), ("tag", new Text("1.0.0"))) with { Anchor = "defaults" };
        return [(Defaults, defaults), .. Values(depth, mayMerge: true)];
    }

    private List<(string, Yaml)> Values(int depth, bool mayMerge)
    {
        var values = new List<(string, Yaml)>();
        for (var i = choices.Below(3); i >= 0; i--)
        {
            values.Add(
                choices.Below(4) switch
                {
                    0 when depth > 0 => ($"part{i}", Of(Values(depth - 1, mayMerge))),
                    1 => ($"extra{i}Image", Reference()),
                    2 => ($"list{i}", new List(Many(1, 3, () => Image(mayMerge)))),
                    _ => ($"image{i}", Image(mayMerge)),
                }
            );
        }

        return values;
    }

    private Map Image(bool mayMerge)
    {
        var name = Name();
        var hasRegistry = choices.OneIn(2) && name.Contains('/', StringComparison.Ordinal);
        var keys = new List<(string Key, Func<Yaml> Value)>
        {
            ("repository", () => new Text(hasRegistry ? name.Split('/', 2)[1] : name)),
        };
        if (hasRegistry || choices.OneIn(4))
        {
            keys.Add(("registry", () => hasRegistry ? new Text(name.Split('/', 2)[0]) : Nothing()));
        }

        keys.Add(("pullPolicy", () => new Text("IfNotPresent")));
        AddOrNot(keys, "tag", Tag);
        if (choices.OneIn(4))
        {
            keys.Add(
                ("sha", () => choices.OneIn(3) ? Nothing() : new Text(choices.Of("", OldDigest["sha256:".Length..])))
            );
        }
        else if (choices.OneIn(2))
        {
            keys.Add(("digest", () => choices.OneIn(3) ? new Text("") : Digest()));
        }

        var built = Built(keys);
        return mayMerge && choices.OneIn(2) ? Of([("<<", new Alias("defaults")), .. built.Entries]) : built;
    }

    private Map Manifest()
    {
        var kind = choices.Of(
            "Rollout",
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicaSet",
            "Job",
            "CronJob",
            "Pod",
            "List",
            "PodList"
        );
        if (kind is "List" or "PodList")
        {
            var items = Many(
                1,
                3,
                () => kind == "PodList" ? Object("Pod", hasKind: false) : Object("Deployment", hasKind: true)
            );
            return Of(("apiVersion", new Text("v1")), ("kind", new Text(kind)), ("items", new List(items)));
        }

        return Object(kind, hasKind: true);
    }

    private Map Object(string kind, bool hasKind)
    {
        var pod = Of([
            .. choices.OneIn(3) ? new (string, Yaml)[] { ("initContainers", Containers()) } : [],
            .. Fillers("p"),
            ("containers", Containers()),
        ]);
        var spec = kind switch
        {
            "Pod" => pod,
            "CronJob" => Of(("jobTemplate", Of(("spec", Of(("template", Of(("spec", pod)))))))),
            _ => Of(("template", Of(("metadata", Of(("labels", Of(("tag", new Text("1.4.0")))))), ("spec", pod)))),
        };
        return Of([
            .. hasKind ? new (string, Yaml)[] { ("apiVersion", new Text("v1")), ("kind", new Text(kind)) } : [],
            ("metadata", Of(("name", new Text("web")))),
            ("spec", spec),
        ]);
    }

    private List Containers() =>
        new(
            Many(
                1,
                3,
                () =>
                    Built([
                        ("name", () => new Text("c")),
                        ("image", Reference),
                        ("args", () => new List([new Text(Ours + ":0"), Plain("1")])),
                    ])
            )
        );

    private Yaml Reference()
    {
        var name = Name();
        var version = choices.Of(":1.4.0", ":1.4.0@" + OldDigest, "@" + OldDigest);
        return Shared(name, () => new Text(name + version));
    }

    private Yaml Tag() =>
        choices.Below(10) switch
        {
            0 => Nothing(),
            1 => Plain(choices.Of("1.10", "7", "0x1F", "1e3")),
            2 => new Text(""),
            _ => Shared("tag", () => new Text(choices.Of("1.4.0", "v1", "latest"))),
        };

    private Yaml Digest() => choices.OneIn(6) ? Nothing() : Shared("digest", () => new Text(OldDigest));

    private Text Nothing() => Plain(choices.Of("", "~", "null"));

    /// <summary>Sometimes with an anchor, sometimes an alias of an anchor of the same sort.</summary>
    private Yaml Shared(string sort, Func<Yaml> value)
    {
        var known = anchors.TryGetValue(sort, out var list) ? list : anchors[sort] = [];
        if (known.Count > 0 && choices.OneIn(4))
        {
            HasAliases = true;
            return new Alias(choices.Of<string>([.. known]));
        }

        if (!choices.OneIn(6))
        {
            return value();
        }

        known.Add($"a{anchorCount++}");
        return value() with { Anchor = known[^1] };
    }

    private string Name() => choices.OneIn(2) ? Ours : choices.Of<string>(others);

    private void AddOrNot(List<(string, Func<Yaml>)> keys, string key, Func<Yaml> value)
    {
        if (!choices.OneIn(3))
        {
            keys.Add((key, value));
        }
    }

    // Values come into being in the order of the text: an anchor is in front of its aliases.
    private Map Built(List<(string Key, Func<Yaml> Value)> keys) =>
        Of((choices.OneIn(2) ? keys : choices.Shuffled(keys)).Select(key => (key.Key, key.Value())).ToList());

    private List<Yaml> Many(int least, int most, Func<Yaml> item) =>
        [.. Enumerable.Range(0, least + choices.Below(most - least + 1)).Select(_ => item()).ToList()];

    private IEnumerable<(string, Yaml)> Fillers(string prefix)
    {
        var fillers = new (string, Yaml)[]
        {
            ("note", new Text("newTag: 1.4.0 # no comment")),
            ("empty", Nothing()),
            ("count", Plain(choices.Of("3", "1.5", "true"))),
            ("text", new Text($"newTag: 1.4.0\n\nimage: {Ours}:1.4.0\n")),
            ("matrix", new List([new List([Plain("1"), Of(("b", Plain("2")))]), new Text("it is")])),
            ("nested", Of(("a", Of(("labels", Of(("version", new Text("1.4.0")))))))),
        };
        return choices
            .Shuffled(fillers)
            .Take(choices.Below(3))
            .Select(filler => ($"{prefix}-{filler.Item1}", filler.Item2));
    }
}

/// <summary>What a document is.</summary>
internal enum FileKind
{
    Kustomization,
    Values,
    Manifest,
    HelmRelease,
}
