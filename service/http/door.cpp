// http/door
