#include "real/serve.hpp"

#include "real/world.hpp"

namespace lastcall::real {

serve_result serve(const model::profile& profile, const serve_options& options, std::ostream& report) {
  return world(profile, options, report).run();
}

}  // namespace lastcall::real
