namespace Devflow.ChatOps.Sandbox.GitHub.Limits;

/// <summary>
/// How much an installation may ask for, by GitHub's published numbers
/// (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
/// </summary>
/// <param name="RequestsPerHour">The primary limit; answers 304 do not count.</param>
/// <param name="PointsPerMinute">Secondary: reading is one point, writing five.</param>
/// <param name="CreatedPerMinute">Secondary: requests that create content.</param>
/// <param name="CreatedPerHour">The same for an hour.</param>
public sealed record GitHubQuotas(
    int RequestsPerHour = 5_000,
    int PointsPerMinute = 900,
    int CreatedPerMinute = 80,
    int CreatedPerHour = 500
);
