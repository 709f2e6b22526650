using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Running;

/// <summary>What makes folders of images on a machine. Which version a folder has, its caller notes.</summary>
internal interface IImageFolders
{
    /// <summary>Finds out whether the version can be laid down. Changes nothing.</summary>
    /// <param name="resource">The image and its folder.</param>
    /// <param name="isOurs">Whether an image was laid into the folder before.</param>
    /// <param name="machine">Where.</param>
    /// <exception cref="ProblemException">It cannot.</exception>
    void Check(ImageResource resource, bool isOurs, IMachine machine);

    /// <summary>Makes the folder the image's, as a whole. The parent is there.</summary>
    Task ReplaceAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken);

    /// <summary>Removes the folder with all that is in it; nothing there is no error.</summary>
    Task RemoveAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken);
}
