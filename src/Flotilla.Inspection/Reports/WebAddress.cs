namespace Flotilla.Inspection.Reports;

/// <summary>Addresses of documentation that tools name.</summary>
internal static class WebAddress
{
    /// <summary>The address when it is one of the web, and null otherwise: <c>javascript:</c> and files are not followed.</summary>
    public static string? Of(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? address.AbsoluteUri : null;
}
