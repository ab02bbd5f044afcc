// Holds the precompiled headers that the layers with LibTorch share.
