namespace Flotilla.Running.Real;

/// <summary>
/// An <c>-event-handler</c> that starts in a few milliseconds, where a .NET program takes fifty or more: it hands what Serf tells to what runs of the
/// fleet on this machine, and starts the fleet's program only where nothing does.
/// </summary>
/// <remarks>
/// In Perl, which every Debian has (perl-base is essential), as a POSIX shell knows no sockets; and without a module, as loading
/// one costs more than all else: the numbers of AF_UNIX and SOCK_STREAM, and the layout of an address, are Linux's (unix(7)).
/// </remarks>
internal static class ForwarderScript
{
    /// <param name="fleet">The name of the fleet.</param>
    /// <param name="sockets">Where the agent of each host listens.</param>
    /// <param name="up">Where <c>up</c> listens.</param>
    /// <param name="program">The command that handles a call itself.</param>
    public static string Write(string fleet, IEnumerable<KeyValuePair<string, string>> sockets, string up, IReadOnlyList<string> program) => $$$"""
        #!/usr/bin/perl
        # Hands what a Serf agent tells to what runs of fleet {{{fleet}}} on this machine; where nothing does, the fleet's program handles it.
        # Written by "flotilla handle --print-script". Use it as: serf agent -event-handler=THIS-FILE
        my %agents = ({{{string.Join(", ", sockets.Select(socket => $"{Quoted(socket.Key)} => {Quoted(socket.Value)}"))}}});
        my @program = ({{{string.Join(", ", program.Select(Quoted))}}});
        my $input;
        $SIG{PIPE} = 'IGNORE';
        for my $path (grep { defined } $agents{$ENV{SERF_SELF_NAME}}, {{{Quoted(up)}}}) {
            my $fleet;
            socket($fleet, 1, 1, 0) && connect($fleet, pack('S Z*', 1, $path)) or next;
            binmode STDIN;
            $input = do { local $/; <STDIN> } // '' unless defined $input;
            my $call = join('', map { "$_=$ENV{$_}\0" } grep { /^SERF_/ } keys %ENV) . "\0" . $input;
            my $request = '{"do":"forward","payload":"' . unpack('H*', $call) . "\"}\n";
            while (length $request) {
                my $sent = syswrite($fleet, $request) or last;
                substr($request, 0, $sent) = '';
            }
            my $reply = do { local $/; <$fleet> } // '';
            next unless $reply =~ /"forwarded":\{"code":(\d+),"output":"([0-9a-f]*)","error":"([0-9a-f]*)"\}/;
            binmode STDOUT;
            print pack('H*', $2);
            print STDERR pack('H*', $3), "\n" if length $3;
            exit $1;
        }
        exec { $program[0] } @program unless defined $input;
        open(my $handler, '|-', @program) or die "$program[0] cannot be started: $!\n";
        binmode $handler;
        print $handler $input;
        close $handler;
        exit($? & 127 ? 3 : $? >> 8);

        """;

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
