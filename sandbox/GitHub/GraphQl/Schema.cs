namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <param name="Kind"><c>type</c>, <c>interface</c> or <c>input</c>.</param>
internal sealed record TypeDefinition(
    string Kind,
    string Name,
    string? Implements,
    IReadOnlyDictionary<string, FieldDefinition> Fields
);

internal sealed record FieldDefinition(
    GraphQlType Type,
    bool HasDefault,
    IReadOnlyDictionary<string, InputDefinition> Arguments
);

internal sealed record InputDefinition(GraphQlType Type, bool HasDefault);

/// <summary>The part of GitHub's public schema that is answered here, in its own words (npm <c>@octokit/graphql-schema</c>).</summary>
public static class Schema
{
    /// <summary>The definitions; each is a part of GitHub's of the same name.</summary>
    public const string Text = """
        type Query {
          repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
        }
        type Mutation {
          createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload
          updateRefs(input: UpdateRefsInput!): UpdateRefsPayload
        }
        type Repository {
          databaseId: Int
          defaultBranchRef: Ref
          id: ID!
          isPrivate: Boolean!
          name: String!
          nameWithOwner: String!
          object(expression: String, oid: GitObjectID): GitObject
          ref(qualifiedName: String!): Ref
        }
        type Ref {
          id: ID!
          name: String!
          prefix: String!
          target: GitObject
        }
        interface GitObject {
          abbreviatedOid: String!
          id: ID!
          oid: GitObjectID!
        }
        type Commit implements GitObject {
          abbreviatedOid: String!
          committedDate: DateTime!
          file(path: String!): TreeEntry
          history(after: String, before: String, first: Int, last: Int, path: String): CommitHistoryConnection!
          id: ID!
          message: String!
          messageBody: String!
          messageHeadline: String!
          oid: GitObjectID!
          tree: Tree!
        }
        type CommitHistoryConnection {
          nodes: [Commit]
          totalCount: Int!
        }
        type Tree implements GitObject {
          abbreviatedOid: String!
          entries: [TreeEntry!]
          id: ID!
          oid: GitObjectID!
        }
        type TreeEntry {
          mode: Int!
          name: String!
          object: GitObject
          oid: GitObjectID!
          path: String
          size: Int!
          type: String!
        }
        type Blob implements GitObject {
          abbreviatedOid: String!
          byteSize: Int!
          id: ID!
          isBinary: Boolean
          isTruncated: Boolean!
          oid: GitObjectID!
          text: String
        }
        type CreateCommitOnBranchPayload {
          clientMutationId: String
          commit: Commit
          ref: Ref
        }
        type UpdateRefsPayload {
          clientMutationId: String
        }
        input UpdateRefsInput {
          clientMutationId: String
          refUpdates: [RefUpdate!]!
          repositoryId: ID!
        }
        input RefUpdate {
          afterOid: GitObjectID!
          beforeOid: GitObjectID
          force: Boolean = false
          name: GitRefname!
        }
        input CreateCommitOnBranchInput {
          branch: CommittableBranch!
          clientMutationId: String
          expectedHeadOid: GitObjectID!
          fileChanges: FileChanges
          message: CommitMessage!
        }
        input CommittableBranch {
          branchName: String
          id: ID
          repositoryNameWithOwner: String
        }
        input CommitMessage {
          body: String
          headline: String!
        }
        input FileChanges {
          additions: [FileAddition!] = []
          deletions: [FileDeletion!] = []
        }
        input FileAddition {
          contents: Base64String!
          path: String!
        }
        input FileDeletion {
          path: String!
        }
        """;

    internal static readonly IReadOnlyDictionary<string, TypeDefinition> Types = Parser
        .Types(Text)
        .ToDictionary(type => type.Name);

    private static readonly HashSet<string> scalars =
    [
        "String",
        "Int",
        "Float",
        "Boolean",
        "ID",
        "GitObjectID",
        "GitRefname",
        "DateTime",
        "Base64String",
    ];

    internal static bool IsScalar(string type) => scalars.Contains(type);

    internal static bool IsInput(string type) =>
        IsScalar(type) || (Types.TryGetValue(type, out var found) && found.Kind == "input");

    /// <summary>Whether something of one type may be of the other.</summary>
    internal static bool Overlap(string one, string other) =>
        one == other
        || Types.GetValueOrDefault(one)?.Implements == other
        || Types.GetValueOrDefault(other)?.Implements == one;
}
