# Sourced: $target is the target folder, $python an interpreter of a virtual environment below it with the Python clients.
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
python=$target/python/bin/python
if [ ! -x "$python" ]; then
    python3 -m venv "$target/python"
    "$target/python/bin/pip" install --quiet aioinflux==0.9.0 influxdb-client==1.50.0
fi
