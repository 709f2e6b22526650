using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Flotilla.Testing;

/// <summary>Writes the public surface of an assembly as text, a line for each type and member.</summary>
public static class PublicSurface
{
    /// <summary>Compares with <c>PublicSurface.txt</c> beside the project of the assembly, as <see cref="Snapshot"/> does.</summary>
    public static void IsAsRecorded(Assembly assembly) =>
        Snapshot.MatchesFile(Describe(assembly), Path.Combine(Repository.Root, "src", assembly.GetName().Name!, "PublicSurface.txt"));

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type, withNamespace: true)).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsVisible)
                .Select(Describe)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);
            foreach (var member in members) text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    // What the compiler adds to every record says nothing about the surface.
    private static bool IsVisible(MemberInfo member) =>
        member.Name is not ("Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "PrintMembers" or "EqualityContract" or "Deconstruct" or "op_Equality" or "op_Inequality" or "value__" or "get_EqualityContract")
        && member switch
        {
            MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !(method.IsSpecialName && !method.IsConstructor)
                && !(method.IsConstructor && method.GetParameters() is [var only] && only.ParameterType == method.DeclaringType),
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(a => a.IsPublic || a.IsFamily),
            FieldInfo field => field.IsPublic || field.IsFamily,
            EventInfo @event => @event.AddMethod is { IsPublic: true },
            _ => false,
        };

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => constructor.IsStatic ? null : $"new({Parameters(constructor)})",
        MethodInfo method => $"{Static(method)}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Static(property.GetAccessors(true)[0])}{Name(property.PropertyType)} {property.Name} {{ {(property.GetMethod is { } g && (g.IsPublic || g.IsFamily) ? "get; " : "")}{Setter(property)}}}",
        FieldInfo field => member.DeclaringType!.IsEnum ? field.Name : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        EventInfo @event => $"event {Name(@event.EventHandlerType!)} {@event.Name}",
        _ => null,
    };

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Setter(PropertyInfo property) =>
        property.SetMethod is not { IsPublic: true } set ? ""
        : set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + (p.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type, bool withNamespace = false)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        var name = type.Name.Split('`')[0];
        if (type.IsNested) name = Name(type.DeclaringType!) + "." + name;
        if (withNamespace && !type.IsNested) name = type.Namespace + "." + name;
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(a => Name(a)))}>" : name;
    }
}
