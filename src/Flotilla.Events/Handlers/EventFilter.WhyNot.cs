namespace Flotilla.Events;

/// <content>Why an event does not fit.</content>
public sealed partial record EventFilter
{
    /// <summary>Why an event does not fit, as a clause for people; null when it does.</summary>
    /// <inheritdoc cref="Matches"/>
    public string? WhyNot(FleetEvent @event, Member self, Func<string, Member?> memberByName)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(memberByName);
        if (!FitsKind(@event)) return $"it is for {this with { HostRole = null, HostTags = null, OriginRole = null, IsDefault = false }}";
        if (HostRole is not null && !self.HasRole(HostRole)) return $"{self.Name} does not have role {HostRole}";
        if (!FitsHost(self))
        {
            var (name, wanted) = HostTags!.OrderBy(tag => tag.Key, StringComparer.Ordinal)
                .First(tag => !self.Tags.TryGetValue(tag.Key, out var value) || (tag.Value != "*" && tag.Value != value));
            return self.Tags.TryGetValue(name, out var has)
                ? $"the tag {name} of {self.Name} is {has}, not {wanted}"
                : $"{self.Name} does not have the tag {name}";
        }
        if (FitsOrigin(@event, memberByName)) return null;
        return Origin(@event, memberByName) is { } origin
            ? $"it comes from {origin.Name}, which does not have role {OriginRole}"
            : $"it is for events from role {OriginRole}, and nobody knows from whom this one is";
    }
}
