// store/codec
