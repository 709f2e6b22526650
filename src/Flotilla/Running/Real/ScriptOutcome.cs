using System.Text;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>
/// What a program that Serf has started prints and ends with: after an exit code of 0 Serf answers a query with all that was printed,
/// standard error included; after another, not at all.
/// </summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">For standard output.</param>
/// <param name="Error">For standard error; null for nothing.</param>
internal sealed record ScriptOutcome(int Code, ReadOnlyMemory<byte> Output, string? Error)
{
    /// <param name="call">What Serf told.</param>
    /// <param name="reply">What the fleet made of it.</param>
    /// <param name="failures">What failed besides; null for nothing.</param>
    public static ScriptOutcome Of(SerfScriptCall call, ScriptReply reply, string? failures = null)
    {
        if (reply.IsElsewhere) return new ScriptOutcome(ExitCodes.Done, default, null);
        var failure = reply.Failure ?? call.WhyIncomplete;
        if (call.IsQuery)
        {
            ReadOnlyMemory<byte>? printed = null;
            if (reply.Answer is { } answer)
            {
                try
                {
                    printed = call.Answer(EventPayload.FromBytes(answer));
                }
                catch (ProblemException e)
                {
                    failure = e.Message;
                }
            }
            printed ??= failure is not null ? call.Failure(failure) : call.Decline();
            if (printed is { } bytes) return new ScriptOutcome(ExitCodes.Done, bytes, null);
        }
        failures ??= failure;
        return new ScriptOutcome(failures is null ? ExitCodes.Done : ExitCodes.Failed, default, failures);
    }
}

/// <summary>
/// How a <see cref="ForwarderScript"/> hands a call of Serf to what runs of the fleet: in hexadecimal, which a script needs no library
/// for, <c>NAME=VALUE</c> and NUL for each variable of Serf, one NUL more, then standard input.
/// </summary>
internal static class ForwardedCall
{
    /// <exception cref="FormatException">It is no such call.</exception>
    /// <exception cref="ProblemException">It is of an event that is not known.</exception>
    public static SerfScriptCall Read(string payload)
    {
        var bytes = Convert.FromHexString(payload);
        var environment = new Dictionary<string, string>();
        var at = 0;
        while (bytes.AsSpan(at).IndexOf((byte)0) is var length and not 0)
        {
            if (length < 0) throw new FormatException("A forwarded call has no end of its variables.");
            var entry = Encoding.UTF8.GetString(bytes, at, length).Split('=', 2);
            if (entry.Length == 2) environment[entry[0]] = entry[1];
            at += length + 1;
        }
        return SerfScriptCall.Read(environment, bytes[(at + 1)..]);
    }

    public static ForwardReply Reply(ScriptOutcome outcome) => new(
        outcome.Code, Convert.ToHexStringLower(outcome.Output.Span), outcome.Error is { } error ? Convert.ToHexStringLower(Encoding.UTF8.GetBytes(error)) : "");
}

/// <summary>What the script prints, in hexadecimal, and its exit code. The script reads the properties in this order.</summary>
internal sealed record ForwardReply(int Code, string Output, string Error);
