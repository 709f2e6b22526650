using System.Reflection;
using System.Runtime.CompilerServices;

namespace Flotilla.Detection.Tests;

/// <summary>
/// The memory that an object holds, by its fields: what the process as a whole allocates depends on the tests beside.
/// </summary>
internal static class Footprint
{
    private const int Header = 16;
    private const int Pointer = 8;

    /// <summary>Bytes of the object and all that it refers to, each once; code that it refers to is left out.</summary>
    public static long Of(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var open = new Stack<object>(seen);
        var bytes = 0L;
        while (open.TryPop(out var next))
        {
            var type = next.GetType();
            bytes += Header;
            if (next is Array array)
            {
                var element = type.GetElementType()!;
                bytes += Pointer + (long)array.Length * SizeOf(element);
                if (!element.IsPrimitive) foreach (var item in array) Visit(item);
                continue;
            }
            for (var each = type; each is not null; each = each.BaseType)
            {
                foreach (var field in Fields(each))
                {
                    bytes += SizeOf(field.FieldType);
                    if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer) Visit(field.GetValue(next));
                }
            }
        }
        return bytes;

        void Visit(object? item)
        {
            if (item is null or MemberInfo or string) return;
            if (!item.GetType().IsValueType)
            {
                if (seen.Add(item)) open.Push(item);
                return;
            }
            foreach (var field in Fields(item.GetType())) if (!field.FieldType.IsPrimitive) Visit(field.GetValue(item));
        }
    }

    private static FieldInfo[] Fields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    private static int SizeOf(Type type) => !type.IsValueType ? Pointer
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
