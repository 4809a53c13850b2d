using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]
// Two processors serve a store, a daemon and its clients already.
[assembly: NonParallelizable]
