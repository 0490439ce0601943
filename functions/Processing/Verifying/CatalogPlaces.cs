using System.Collections.Frozen;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>The Rollouts of a catalog, by cluster and namespace.</summary>
internal sealed record CatalogPlaces(
    ReleaseCatalog Catalog,
    FrozenDictionary<string, FrozenDictionary<string, RolloutRef[]>> Clusters
)
{
    public static CatalogPlaces Of(ReleaseCatalog catalog) =>
        new(
            catalog,
            catalog
                .Targets.Select(target => target.Environment)
                .Select(to => new RolloutRef(to.Cluster, to.Namespace, to.Rollout))
                .GroupBy(rollout => rollout.Cluster, StringComparer.Ordinal)
                .ToFrozenDictionary(
                    cluster => cluster.Key,
                    cluster =>
                        cluster
                            .GroupBy(rollout => rollout.Namespace, StringComparer.Ordinal)
                            .ToFrozenDictionary(ns => ns.Key, ns => ns.ToArray(), StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
        );
}
