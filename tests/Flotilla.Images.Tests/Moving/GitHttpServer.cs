using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flotilla.Images.Tests.Moving;

/// <summary>Serves the repositories of a folder over HTTP to whoever knows the password: git's own server program behind a web server (git-http-backend(1)).</summary>
internal sealed class GitHttpServer : IAsyncDisposable
{
    public const string Login = "anna:s3cret";

    private readonly WebApplication _app;
    private readonly string _folder;

    private GitHttpServer(WebApplication app, string folder) => (_app, _folder) = (app, folder);

    public string Authority => new Uri(_app.Urls.Single()).Authority;

    public static async Task<GitHttpServer> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var server = new GitHttpServer(app, folder);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
        {
            response.StatusCode = 401;
            response.Headers.WWWAuthenticate = "Basic realm=\"images\"";
            return;
        }
        var start = new ProcessStartInfo("git", ["http-backend"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var environment = start.Environment;
        (environment["GIT_PROJECT_ROOT"], environment["GIT_HTTP_EXPORT_ALL"], environment["REMOTE_USER"]) = (_folder, "1", Login.Split(':')[0]);
        (environment["REQUEST_METHOD"], environment["PATH_INFO"], environment["QUERY_STRING"]) = (request.Method, request.Path, request.QueryString.Value?.TrimStart('?'));
        (environment["CONTENT_TYPE"], environment["HTTP_CONTENT_ENCODING"], environment["GIT_PROTOCOL"]) = (request.ContentType, request.Headers.ContentEncoding, request.Headers["Git-Protocol"]);
        if (request.ContentLength is { } length) environment["CONTENT_LENGTH"] = $"{length}";
        using var backend = Process.Start(start)!;
        backend.BeginErrorReadLine();
        await request.Body.CopyToAsync(backend.StandardInput.BaseStream);
        backend.StandardInput.Close();
        using var answer = new MemoryStream();
        await backend.StandardOutput.BaseStream.CopyToAsync(answer);
        await backend.WaitForExitAsync();
        var end = answer.ToArray().AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(answer.ToArray(), 0, end).Split("\r\n"))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name == "Status") response.StatusCode = int.Parse(value.Split(' ')[0]);
            else response.Headers[name] = value;
        }
        await response.Body.WriteAsync(answer.ToArray().AsMemory(end + 4));
    }
}
