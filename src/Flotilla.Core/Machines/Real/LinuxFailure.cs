using System.Runtime.InteropServices;

namespace Flotilla.Core.Machines.Real;

/// <summary>Turns error numbers of the kernel (errno(3)) into the exceptions that <see cref="IMachine"/> promises.</summary>
internal static class LinuxFailure
{
    /// <param name="error">The error number.</param>
    /// <param name="path">The path as the machine's user gave it.</param>
    /// <param name="action">What failed, as a participle: <c>written</c>, <c>read</c>.</param>
    public static Exception Of(int error, string path, string action) => error switch
    {
        Libc.NoSuchEntry => new FileNotFoundException($"{path} cannot be {action}: it does not exist.", path),
        Libc.AccessDenied or Libc.NotPermitted => new UnauthorizedAccessException(
            $"{path} cannot be {action}: user {Environment.UserName} may not do it ({Text(error)})."),
        Libc.TooManyLinks => new IOException($"{path} cannot be {action}: it is a link, or there are too many links on its way."),
        Libc.NameTooLong => new PathTooLongException($"{path} cannot be {action}: the name is too long."),
        _ => new IOException($"{path} cannot be {action}: {Text(error)}."),
    };

    public static Exception NoParent(int error, string path, string parent) => error switch
    {
        Libc.NoSuchEntry => new DirectoryNotFoundException($"{path} has no parent: directory {parent} does not exist."),
        Libc.NotADirectory => new IOException($"{path} has no parent: {parent} is not a directory."),
        _ => Of(error, path, "reached"),
    };

    private static string Text(int error)
    {
        var text = Marshal.GetPInvokeErrorMessage(error);
        return text.Length == 0 ? $"error {error}" : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
