namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// Something in the store cannot be, or a newer program wrote it. Not retryable: a person has to look.
/// </summary>
public sealed class StoredStateException(string message, Exception? inner = null) : Exception(message, inner);
